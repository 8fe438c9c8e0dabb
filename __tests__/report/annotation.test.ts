import { describe, expect, it } from 'vitest';
import { annotationText } from '../../src/report/annotation.ts';
import type { Finding } from '../../src/status/finding.ts';

const linkTo = (code: string) => `docs/troubleshooting.md#${code}`;

const finding = (code: Finding['code']): Finding => ({
  code,
  message: `${code} it is.`,
  remedy: `Mend ${code}.`,
});

describe('annotationText', () => {
  it('contains what is wrong, what to do, and where to read more', () => {
    expect(annotationText([finding('clock-skew')], linkTo)).toBe(
      'clock-skew it is.\nFix: Mend clock-skew.\nDocs: docs/troubleshooting.md#clock-skew',
    );
  });

  it('ends with the evidence, uncut if the cause is short', () => {
    const evidence = `request id ${'x'.repeat(1000)}`;
    const text = annotationText([{ ...finding('clock-skew'), evidence }], linkTo);
    expect(text.split('\n').at(-1)).toBe(`Evidence: ${evidence}`);
  });

  it('prints each claim of a token on its own line, with a long branch or subject in full', () => {
    const ref = `refs/heads/${'feature/'.repeat(28)}`;
    const claims = { subject: `repo:acme/shop:ref:${ref}`, ref, environment: '' };
    const text = annotationText(
      [{ ...finding('unauthenticated'), evidence: 'request id 1', claims }],
      linkTo,
    );
    expect(text.split('\n').slice(-4)).toEqual([
      `subject: ${claims.subject}`,
      `ref: ${ref}`,
      'environment: (none)',
      'Evidence: request id 1',
    ]);
  });

  it('prints each claim as one harmless line of limited length', () => {
    const hostile = `\n::error::\r##[group]${'x'.repeat(5000)}`;
    const claims = Object.fromEntries('abcdefg'.split('').map((name) => [name, hostile]));
    const text = annotationText([{ ...finding('unauthenticated'), claims }], linkTo);
    expect(text.split('\n')[3]).toBe('The ID token says:');
    expect(text.split('\n').slice(4)).toEqual(
      Object.keys(claims).map((name) =>
        expect.stringMatching(new RegExp(`^${name}:  ?::error:: # #\\[group\\]x+…$`)),
      ),
    );
    expect(text.length).toBeLessThan(4096);
  });

  it('describes two findings, and names the others', () => {
    const text = annotationText(
      [finding('unreachable'), finding('not-serving'), finding('clock-skew')],
      linkTo,
    );
    expect(text).toMatch(
      /^unreachable it is\.[\s\S]*\n\nMondoo Platform is not serving\nnot-serving it is\./,
    );
    expect(text).toMatch(/\n\nAlso: The clock of the runner is wrong$/);
  });

  it('makes untrusted text harmless, and shortens it', () => {
    const hostile = {
      code: 'unreachable',
      message: `a\r\n##[error]${'x'.repeat(5000)}`,
      remedy: '\u001b[31mb',
    } as const;
    const [message, remedy] = annotationText([hostile], linkTo).split('\n');
    expect(message).toMatch(/^a # #\[error\]x+…$/);
    expect(message!.length).toBeLessThanOrEqual(1501);
    expect(remedy).toBe('Fix: [31mb');
  });
});
