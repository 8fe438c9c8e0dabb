import { FINDINGS, type FindingCode } from '../util/errors.ts';
import type { Finding } from './finding.ts';
import { findingsIn } from './findings.ts';
import type { Result } from './result.ts';

/** What the gate says, and of which findings. */
export interface Verdict {
  /** The gravest finding, or `ok`. */
  status: FindingCode | 'ok';
  /** All that holds, the gravest first. */
  findings: FindingCode[];
  passed: boolean;
  /** Findings that fail the job, the gravest first. */
  fatal: Finding[];
  /** Findings that `fail-on` lets pass, the gravest first. */
  tolerated: Finding[];
}

/** Findings from before anything was sent: there is nothing to tolerate, as nothing works after them. */
const ALWAYS_FATAL: ReadonlySet<FindingCode> = new Set([
  'invalid-input',
  'missing-credentials',
  'invalid-credentials',
  'runner-error',
]);

/** Passes the gate, or not: it fails when any finding is one that the workflow wants to fail on. */
export function judge(findings: Finding[], failOn: ReadonlySet<FindingCode>): Verdict {
  const ordered = findings.toSorted((a, b) => FINDINGS.indexOf(a.code) - FINDINGS.indexOf(b.code));
  const isFatal = ({ code }: Finding) => ALWAYS_FATAL.has(code) || failOn.has(code);
  const fatal = ordered.filter(isFatal);
  return {
    status: ordered[0]?.code ?? 'ok',
    findings: ordered.map(({ code }) => code),
    passed: fatal.length === 0,
    fatal,
    tolerated: ordered.filter((finding) => !isFatal(finding)),
  };
}

/** What decides whether the job fails. */
export interface Gate {
  failOn: ReadonlySet<FindingCode>;
  /** How much skew is none, in milliseconds. */
  maxClockSkew: number;
  jobSummary: boolean;
}

/** The gate for inputs that can't be read. */
export const STRICTEST: Gate = { failOn: new Set(FINDINGS), maxClockSkew: 0, jobSummary: true };

/** Judges a result as it stands. */
export function verdictOn(result: Result, { failOn, maxClockSkew }: Omit<Gate, 'jobSummary'>): Verdict {
  return judge(findingsIn(result, maxClockSkew), failOn);
}
