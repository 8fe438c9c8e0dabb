import { EOL } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { report } from '../../src/github/report.ts';
import { verdictOn } from '../../src/status/verdict.ts';
import { health, result } from '../fixtures.ts';

let printed: string;

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  // Without this file, the toolkit prints outputs.
  vi.stubEnv('GITHUB_OUTPUT', '');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('the link to the documentation', () => {
  const GITHUB = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: 'c0ffee',
  };

  it.each<[string, NodeJS.ProcessEnv, string]>([
    [
      'the repository of the action, at the ref that runs',
      { ...GITHUB, GITHUB_ACTION_REPOSITORY: 'mondoo/register-cnspec', GITHUB_ACTION_REF: 'v1' },
      'https://github.com/mondoo/register-cnspec/blob/v1/docs/troubleshooting.md#clock-skew',
    ],
    [
      'its head, if the ref is unknown',
      { ...GITHUB, GITHUB_ACTION_REPOSITORY: 'mondoo/register-cnspec', GITHUB_ACTION_REF: '' },
      'https://github.com/mondoo/register-cnspec/blob/HEAD/docs/troubleshooting.md#clock-skew',
    ],
    [
      'the repository of the workflow, if the action is in it',
      { ...GITHUB, GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: '' },
      'https://github.com/acme/shop/blob/c0ffee/docs/troubleshooting.md#clock-skew',
    ],
    [
      'another server',
      { ...GITHUB, GITHUB_SERVER_URL: 'https://ghe.example.org' },
      'https://ghe.example.org/acme/shop/blob/c0ffee/docs/troubleshooting.md#clock-skew',
    ],
    ['only a file name, outside GitHub', {}, 'docs/troubleshooting.md#clock-skew'],
  ])('leads to %s', (_, env, link) => {
    const skewed = result({ check: { health: health(), skew: 45_000, ping: 'accepted' } });
    const verdict = verdictOn(skewed, { failOn: new Set(['clock-skew']), maxClockSkew: 30_000 });
    report(skewed, verdict, false, { env, warn: () => {} });
    expect(printed.split(EOL).find((line) => line.startsWith('::error '))).toContain(`Docs: ${link}`);
  });
});
