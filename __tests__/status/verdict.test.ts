import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/status/finding.ts';
import { judge } from '../../src/status/verdict.ts';
import { FINDINGS, type FindingCode } from '../../src/util/errors.ts';

const problem = (code: FindingCode): Finding => ({
  code,
  message: `${code} is wrong`,
  remedy: `mend ${code}`,
});
const ALL: ReadonlySet<FindingCode> = new Set(FINDINGS);
const NONE: ReadonlySet<FindingCode> = new Set();
const BEFORE_ANYTHING_WAS_SENT: FindingCode[] = [
  'invalid-input',
  'missing-credentials',
  'invalid-credentials',
];

describe('the order of the findings', () => {
  it('is the one that is promised', () => {
    expect(FINDINGS).toEqual([
      'invalid-input',
      'missing-credentials',
      'invalid-credentials',
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
  it('passes as ok where there is nothing', () => {
    expect(judge([], ALL)).toEqual({ status: 'ok', findings: [], passed: true, fatal: [], tolerated: [] });
  });

  it.each(FINDINGS)('fails for %s alone, and tolerates every other', (code) => {
    const verdict = judge(FINDINGS.toReversed().map(problem), new Set([code]));
    expect(verdict.passed).toBe(false);
    const fatal = FINDINGS.filter((other) => other === code || BEFORE_ANYTHING_WAS_SENT.includes(other));
    expect(verdict.fatal.map((found) => found.code)).toEqual(fatal);
    expect(verdict.tolerated.map((found) => found.code)).toEqual(
      FINDINGS.filter((other) => !fatal.includes(other)),
    );
  });

  it.each(FINDINGS)(
    'tolerates %s where nothing is to fail, unless it came before anything was sent',
    (code) => {
      const verdict = judge([problem(code)], NONE);
      expect(verdict.status).toBe(code);
      expect(verdict.passed).toBe(!BEFORE_ANYTHING_WAS_SENT.includes(code));
    },
  );

  it('names the gravest as its status, though only a lesser one fails the job', () => {
    const verdict = judge(
      [problem('clock-skew'), problem('not-serving')],
      new Set<FindingCode>(['clock-skew']),
    );
    expect(verdict.status).toBe('not-serving');
    expect(verdict.findings).toEqual(['not-serving', 'clock-skew']);
    expect(verdict.fatal).toEqual([problem('clock-skew')]);
    expect(verdict.tolerated).toEqual([problem('not-serving')]);
    expect(verdict.passed).toBe(false);
  });

  it('passes exactly where no finding is one to fail on, in whatever order they were found', () => {
    const found = fc.shuffledSubarray([...FINDINGS]);
    fc.assert(
      fc.property(found, fc.subarray([...FINDINGS]), (codes, failOn) => {
        const problems = codes.map(problem);
        const verdict = judge(problems, new Set(failOn));
        const gated = codes.filter(
          (code) => failOn.includes(code) || BEFORE_ANYTHING_WAS_SENT.includes(code),
        );
        expect(verdict.passed).toBe(gated.length === 0);
        expect(verdict.findings).toEqual(FINDINGS.filter((code) => codes.includes(code)));
        expect(verdict.status).toBe(verdict.findings[0] ?? 'ok');
        expect(new Set(verdict.fatal.map(({ code }) => code))).toEqual(new Set(gated));
        expect(verdict.fatal.length + verdict.tolerated.length).toBe(codes.length);
        expect(problems.map(({ code }) => code)).toEqual(codes);
      }),
    );
  });
});
