import { FINDINGS, type Finding } from '../errors.ts';
import type { Facts } from './facts.ts';
import { findProblems } from './findings.ts';
import type { Problem } from './problem.ts';

/** What the gate says, and of which findings. */
export interface Verdict {
  /** The gravest finding, or `ok`. */
  status: Finding | 'ok';
  /** All that holds, the gravest first. */
  findings: Finding[];
  passed: boolean;
  /** Problems that fail the job, the gravest first. */
  fatal: Problem[];
  /** Problems that `fail-on` lets pass, the gravest first. */
  tolerated: Problem[];
}

/** Findings from before anything was sent: there is nothing to tolerate, as nothing works after them. */
const ALWAYS_FATAL: ReadonlySet<Finding> = new Set([
  'invalid-input',
  'missing-credentials',
  'invalid-credentials',
]);

/** Passes the gate, or not: it fails when any finding is one that the workflow wants to fail on. */
export function judge(problems: Problem[], failOn: ReadonlySet<Finding>): Verdict {
  const ordered = problems.toSorted((a, b) => FINDINGS.indexOf(a.code) - FINDINGS.indexOf(b.code));
  const isFatal = ({ code }: Problem) => ALWAYS_FATAL.has(code) || failOn.has(code);
  const fatal = ordered.filter(isFatal);
  return {
    status: ordered[0]?.code ?? 'ok',
    findings: ordered.map(({ code }) => code),
    passed: fatal.length === 0,
    fatal,
    tolerated: ordered.filter((problem) => !isFatal(problem)),
  };
}

/**
 * Judges the facts as they stand.
 * @param gate which findings fail the job, and how much skew is none, in milliseconds
 */
export function verdictOn(
  facts: Facts,
  { failOn, maxClockSkew }: { failOn: ReadonlySet<Finding>; maxClockSkew: number },
): Verdict {
  return judge(findProblems(facts, maxClockSkew), failOn);
}
