import { FINDINGS, type FindingCode } from '../util/errors.ts';
import type { Finding } from './finding.ts';
import { findingsIn } from './findings.ts';
import type { Result } from './result.ts';

/** Every list has the gravest finding first. */
export interface Verdict {
  status: FindingCode | 'ok';
  findings: FindingCode[];
  passed: boolean;
  /** Findings that fail the job. */
  fatal: Finding[];
  /** Findings that `fail-on` lets pass. */
  tolerated: Finding[];
}

/** Nothing works after one of these. */
const ALWAYS_FATAL: FindingCode[] = ['invalid-input', 'missing-credentials', 'invalid-credentials', 'runner-error'];

export function judge(findings: Finding[], failOn: ReadonlySet<FindingCode>): Verdict {
  const ordered = findings.toSorted((a, b) => FINDINGS.indexOf(a.code) - FINDINGS.indexOf(b.code));
  const isFatal = ({ code }: Finding) => ALWAYS_FATAL.includes(code) || failOn.has(code);
  const fatal = ordered.filter(isFatal);
  return {
    status: ordered[0]?.code ?? 'ok',
    findings: ordered.map(({ code }) => code),
    passed: fatal.length === 0,
    fatal,
    tolerated: ordered.filter((finding) => !isFatal(finding)),
  };
}

/** Inputs that are needed even if the work ends early. */
export interface Gate {
  failOn: ReadonlySet<FindingCode>;
  /** In milliseconds. */
  maxClockSkew: number;
  jobSummary: boolean;
}

/** The gate for inputs that can't be read. */
export const STRICTEST: Gate = { failOn: new Set(FINDINGS), maxClockSkew: 0, jobSummary: true };

export function verdictOn(result: Result, { failOn, maxClockSkew }: Omit<Gate, 'jobSummary'>): Verdict {
  return judge(findingsIn(result, maxClockSkew), failOn);
}
