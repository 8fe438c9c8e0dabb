import { quotable } from '../cnspec/quotable.ts';
import { CallError } from '../platform/call-error.ts';
import type { Observation } from '../platform/observe.ts';
import type { Facts } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../values/duration.ts';

/** What cnspec says in the place of a client's MRN where there is no client. */
export const NO_CLIENT = 'no managed client';

/** Beyond this much skew, in milliseconds, cnspec warns, whatever `max-clock-skew` lets pass. */
const WARNS_BEYOND = 30_000;

/** cnspec's warning of a skewed clock, where it would warn or the verdict speaks of it. */
export function skewWarning({ observation }: Facts, { findings }: Verdict): string | undefined {
  const skew = observation?.skew;
  if (skew === undefined) return undefined;
  if (Math.abs(skew) <= WARNS_BEYOND && !findings.includes('clock-skew')) return undefined;
  return `possible clock skew detected: ${formatDuration(skew)}`;
}

/** What cnspec itself warns of, but for the clock where this step warns of that too. */
export function otherWarnings(facts: Facts, verdict: Verdict): string[] {
  const warnings = facts.cnspec?.answer?.warnings ?? [];
  const own = skewWarning(facts, verdict) !== undefined;
  return warnings.filter((warning) => !own || !warning.startsWith('possible clock skew')).map(quotable);
}

/** The platform's time as it told it, or nothing where it did not. */
export function apiTime({ health }: Observation): string | undefined {
  return health instanceof CallError || health.time === undefined ? undefined : timestamp(health.time);
}

/** RFC 3339 in UTC with whole seconds, as Go writes it. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
