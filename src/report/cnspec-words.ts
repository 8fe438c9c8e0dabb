import { redact } from '../cnspec/redact.ts';
import { CallError } from '../platform/call-error.ts';
import type { StatusCheck } from '../platform/status-check.ts';
import type { Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../util/duration.ts';

/** What cnspec says in the place of a client's MRN where there is no client. */
export const NO_CLIENT = 'no managed client';

/** Beyond this much skew, in milliseconds, cnspec warns, whatever `max-clock-skew` lets pass. */
const WARNS_BEYOND = 30_000;

/** cnspec's warning of a skewed clock, where it would warn or the verdict speaks of it. */
export function skewWarning({ check }: Result, { findings }: Verdict): string | undefined {
  const skew = check?.skew;
  if (skew === undefined) return undefined;
  if (Math.abs(skew) <= WARNS_BEYOND && !findings.includes('clock-skew')) return undefined;
  return `possible clock skew detected: ${formatDuration(skew)}`;
}

/** What cnspec itself warns of, but for the clock where this step warns of that too. */
export function otherWarnings(result: Result, verdict: Verdict): string[] {
  const warnings = result.cnspec?.answer?.warnings ?? [];
  const own = skewWarning(result, verdict) !== undefined;
  return warnings.filter((warning) => !own || !warning.startsWith('possible clock skew')).map(redact);
}

/** The platform's time as it told it, or nothing where it did not. */
export function apiTime({ health }: StatusCheck): string | undefined {
  return health instanceof CallError || health.time === undefined ? undefined : timestamp(health.time);
}

/** RFC 3339 in UTC with whole seconds, as Go writes it. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
