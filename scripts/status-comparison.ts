import { parseDuration } from '../src/util/duration.ts';

/** A status in words. */
export interface ReportedStatus {
  registered: 'yes' | 'no';
  authenticated: 'yes' | 'no';
  /** cnspec's warning, or `none`. */
  'clock skew': string;
  'service account': string;
  endpoint: string;
}

/** The documented status of an outcome, without account and endpoint. */
export type Documented = Pick<ReportedStatus, 'registered'> & Partial<ReportedStatus>;

/** A field in which the results differ. */
export interface Difference {
  what: keyof ReportedStatus;
  documented: string | undefined;
  action: string;
  cnspec: string;
}

/** Time passes between the two, and the platform reports whole seconds. In milliseconds. */
const SLACK = 5000;

/** Finds differences between the action, cnspec and the documentation. */
export function differences(
  documented: Documented,
  action: ReportedStatus,
  cnspec: ReportedStatus,
): Difference[] {
  // A cnspec that isn't registered has no account to authenticate.
  const compared =
    documented.registered === 'yes'
      ? (Object.keys(action) as (keyof ReportedStatus)[])
      : ['registered' as const];
  return compared.flatMap((what) => {
    const difference = { what, documented: documented[what], action: action[what], cnspec: cnspec[what] };
    const expected = difference.documented ?? difference.action;
    return isEqual(expected, difference.action) && isEqual(expected, difference.cnspec) ? [] : [difference];
  });
}

function isEqual(one: string, other: string): boolean {
  const [skew, otherSkew] = [one, other].map(skewIn);
  if (skew === undefined || otherSkew === undefined) return one === other;
  return Math.abs(skew - otherSkew) <= SLACK;
}

function skewIn(text: string): number | undefined {
  const [, duration] = /^possible clock skew detected: (\S+)$/.exec(text) ?? [];
  return duration === undefined ? undefined : parseDuration(duration);
}
