import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/status/finding.ts';
import { judge } from '../../src/status/verdict.ts';
import { FINDINGS, type FindingCode } from '../../src/util/errors.ts';

const finding = (code: FindingCode): Finding => ({
  code,
  message: `${code} is wrong`,
  remedy: `mend ${code}`,
});
const ALL: ReadonlySet<FindingCode> = new Set(FINDINGS);
const NONE: ReadonlySet<FindingCode> = new Set();
const ALWAYS_FATAL: FindingCode[] = [
  'invalid-input',
  'missing-credentials',
  'invalid-credentials',
  'runner-error',
];

describe('the order of the findings', () => {
  it('matches the documentation', () => {
    expect(FINDINGS).toEqual([
      'invalid-input',
      'missing-credentials',
      'invalid-credentials',
      'runner-error',
      'unreachable',
      'not-serving',
      'unauthenticated',
      'permission-denied',
      'clock-skew',
      'unregistered',
      'cnspec-failed',
      'skipped',
    ]);
  });
});

describe('judge', () => {
  it('passes as ok if there is no finding', () => {
    expect(judge([], ALL)).toEqual({ status: 'ok', findings: [], passed: true, fatal: [], tolerated: [] });
  });

  it.each(FINDINGS)('fails for %s alone, and tolerates every other finding', (code) => {
    const verdict = judge(FINDINGS.toReversed().map(finding), new Set([code]));
    expect(verdict.passed).toBe(false);
    const fatal = FINDINGS.filter((other) => other === code || ALWAYS_FATAL.includes(other));
    expect(verdict.fatal.map((found) => found.code)).toEqual(fatal);
    expect(verdict.tolerated.map((found) => found.code)).toEqual(
      FINDINGS.filter((other) => !fatal.includes(other)),
    );
  });

  it.each(FINDINGS)('tolerates %s if fail-on is none, unless it always fails the job', (code) => {
    const verdict = judge([finding(code)], NONE);
    expect(verdict.status).toBe(code);
    expect(verdict.passed).toBe(!ALWAYS_FATAL.includes(code));
  });

  it('reports the gravest finding as its status, even if only a lesser one fails the job', () => {
    const verdict = judge(
      [finding('clock-skew'), finding('not-serving')],
      new Set<FindingCode>(['clock-skew']),
    );
    expect(verdict.status).toBe('not-serving');
    expect(verdict.findings).toEqual(['not-serving', 'clock-skew']);
    expect(verdict.fatal).toEqual([finding('clock-skew')]);
    expect(verdict.tolerated).toEqual([finding('not-serving')]);
    expect(verdict.passed).toBe(false);
  });

  it('passes exactly if no finding is in fail-on, in any order of the findings', () => {
    const found = fc.shuffledSubarray([...FINDINGS]);
    fc.assert(
      fc.property(found, fc.subarray([...FINDINGS]), (codes, failOn) => {
        const findings = codes.map(finding);
        const verdict = judge(findings, new Set(failOn));
        const gated = codes.filter((code) => failOn.includes(code) || ALWAYS_FATAL.includes(code));
        expect(verdict.passed).toBe(gated.length === 0);
        expect(verdict.findings).toEqual(FINDINGS.filter((code) => codes.includes(code)));
        expect(verdict.status).toBe(verdict.findings[0] ?? 'ok');
        expect(new Set(verdict.fatal.map(({ code }) => code))).toEqual(new Set(gated));
        expect(verdict.fatal.length + verdict.tolerated.length).toBe(codes.length);
        expect(findings.map(({ code }) => code)).toEqual(codes);
      }),
    );
  });
});
