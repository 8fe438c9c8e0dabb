import { redact } from '../cnspec/redact.ts';
import { healthOf, type Result, usableClient } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../util/duration.ts';

export const NO_CLIENT = 'no managed client';

/** Beyond this skew, in milliseconds, cnspec warns. */
const WARNS_BEYOND = 30_000;

/** What cnspec warned of, and its warning of a skewed clock if it would warn or the verdict names the clock. */
export function warningsOf({ check, cnspec }: Result, { findings }: Verdict): string[] {
  const warnings = cnspec?.answer?.warnings ?? [];
  const skew = check?.skew;
  if (skew === undefined || (Math.abs(skew) <= WARNS_BEYOND && !findings.includes('clock-skew'))) {
    return warnings.map(redact);
  }
  const others = warnings.filter((warning) => !warning.startsWith('possible clock skew'));
  return [...others.map(redact), `possible clock skew detected: ${formatDuration(skew)}`];
}

/** The client as cnspec shows it, if there is a service account. */
export function clientOf(result: Result): string | undefined {
  return result.account && (usableClient(result) ?? NO_CLIENT);
}

export function apiTime(result: Result): string | undefined {
  const time = healthOf(result)?.time;
  return time && timestamp(time);
}

/** RFC 3339 in UTC with whole seconds, as Go writes it. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
