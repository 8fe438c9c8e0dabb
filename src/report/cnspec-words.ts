import type { Observation } from '../platform/observe.ts';
import { PlatformError } from '../platform/platform-error.ts';
import { formatDuration } from '../values/duration.ts';

/** What cnspec says in the place of a client's MRN where there is no client. */
export const NO_CLIENT = 'no managed client';

/** cnspec's warning of a skewed clock; `skew` in milliseconds. */
export function skewWarning(skew: number): string {
  return `possible clock skew detected: ${formatDuration(skew)}`;
}

/** The platform's time as it told it, or nothing where it did not. */
export function apiTime({ health }: Observation): string | undefined {
  return health instanceof PlatformError || health.time === undefined ? undefined : timestamp(health.time);
}

/** RFC 3339 in UTC with whole seconds, as Go writes it. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
