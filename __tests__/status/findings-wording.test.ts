import { describe, expect, it } from 'vitest';
import { annotationText } from '../../src/report/annotation.ts';
import { findingsIn } from '../../src/status/findings.ts';
import { FINDINGS, type FindingCode } from '../../src/util/errors.ts';
import { health, NOW, result, rpcError } from '../fixtures.ts';

const skew = 90_000;
const check = { health: health({ time: new Date(NOW.getTime() + skew) }), skew };

it('a skew within max-clock-skew is not reported as too large for it', () => {
  const given = result({ check: { ...check, ping: rpcError(16), pingAtServerTime: rpcError(7) } });
  const clock = findingsIn(given, 120_000).find(({ code }) => code === 'clock-skew')!;
  expect(clock.message).not.toContain('max-clock-skew');
});

it('after an accepted ping, the credentials are not reported as unchecked', () => {
  const given = result({ check: { health: rpcError(14, 'busy', 'Health/Check'), ping: 'accepted' } });
  expect(findingsIn(given, 30_000)[0]!.message).not.toContain('The credentials could not be checked');
});

describe('findings of great length', () => {
  const linkTo = (code: string) => `docs/troubleshooting.md#${code}`;
  const textOf = (codes: readonly FindingCode[], link: (code: string) => string) =>
    annotationText(
      codes.map((code) => ({ code, message: 'x'.repeat(5000), remedy: 'y'.repeat(5000) })),
      link,
    );

  it('fit into an annotation, even all of them', () => {
    expect(textOf(FINDINGS, linkTo).length).toBeLessThanOrEqual(4096);
  });

  it('fit into an annotation with long links, for the largest possible number of findings', () => {
    const codes = ['runner-error', 'not-serving', 'unauthenticated', 'clock-skew', 'cnspec-failed'] as const;
    const base = 'https://github.com/mondoohq/register-cnspec/blob/0123456789012345678901234567890123456789';
    expect(textOf(codes, (code) => `${base}/${linkTo(code)}`).length).toBeLessThanOrEqual(4096);
  });
});
