import { describe, expect, it } from 'vitest';
import { annotationText, documentation } from '../../src/report/annotation.ts';
import type { Finding } from '../../src/status/finding.ts';

const problem = (code: Finding['code']): Finding => ({
  code,
  message: `${code} it is.`,
  remedy: `Mend ${code}.`,
});

describe('annotationText', () => {
  it('says what is wrong, what to do, and where to read more', () => {
    expect(annotationText([problem('clock-skew')], {})).toBe(
      'clock-skew it is.\nWhat to do: Mend clock-skew.\nMore: docs/troubleshooting.md#clock-skew',
    );
  });

  it('tells of two problems, and names the others', () => {
    const text = annotationText([problem('unreachable'), problem('not-serving'), problem('clock-skew')], {});
    expect(text).toMatch(
      /^unreachable it is\.[\s\S]*\n\nMondoo Platform is not serving\nnot-serving it is\./,
    );
    expect(text).toMatch(/\n\nAlso: The clock of this machine is wrong$/);
  });

  it('makes text from elsewhere harmless, and cuts it', () => {
    const hostile = {
      code: 'unreachable',
      message: `a\r\n##[error]${'x'.repeat(5000)}`,
      remedy: '\u001b[31mb',
    } as const;
    const [message, remedy] = annotationText([hostile], {}).split('\n');
    expect(message).toMatch(/^a # #\[error\]x+…$/);
    expect(message!.length).toBeLessThanOrEqual(1501);
    expect(remedy).toBe('What to do: [31mb');
  });
});

describe('documentation', () => {
  const GITHUB = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: 'c0ffee',
  };

  it.each<[string, NodeJS.ProcessEnv, string]>([
    [
      'the action’s own repository at the ref that runs',
      { ...GITHUB, GITHUB_ACTION_REPOSITORY: 'mondoo/register-cnspec', GITHUB_ACTION_REF: 'v1' },
      'https://github.com/mondoo/register-cnspec/blob/v1/docs/troubleshooting.md#clock-skew',
    ],
    [
      'its head where the ref is not told',
      { ...GITHUB, GITHUB_ACTION_REPOSITORY: 'mondoo/register-cnspec', GITHUB_ACTION_REF: '' },
      'https://github.com/mondoo/register-cnspec/blob/HEAD/docs/troubleshooting.md#clock-skew',
    ],
    [
      'the workflow’s repository for an action in it',
      { ...GITHUB, GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: '' },
      'https://github.com/acme/shop/blob/c0ffee/docs/troubleshooting.md#clock-skew',
    ],
    [
      'another server',
      { ...GITHUB, GITHUB_SERVER_URL: 'https://ghe.example.org' },
      'https://ghe.example.org/acme/shop/blob/c0ffee/docs/troubleshooting.md#clock-skew',
    ],
    ['nothing but the name outside of GitHub', {}, 'docs/troubleshooting.md#clock-skew'],
  ])('links to %s', (_, env, link) => {
    expect(documentation('clock-skew', env)).toBe(link);
  });
});
