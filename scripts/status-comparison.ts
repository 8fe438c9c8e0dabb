import { parseDuration } from '../src/util/duration.ts';

/** What a status says, in words. */
export interface Said {
  registered: 'yes' | 'no';
  authenticated: 'yes' | 'no';
  /** As cnspec warns of it, or `none`. */
  'clock skew': string;
  'service account': string;
  endpoint: string;
}

/** What the documentation says of an outcome: it knows neither account nor endpoint. */
export type Documented = Pick<Said, 'registered'> & Partial<Said>;

/** One thing that is not said alike. */
export interface Difference {
  what: keyof Said;
  documented: string | undefined;
  action: string;
  cnspec: string;
}

/** The clock goes on between the two, and the platform tells whole seconds. Milliseconds. */
const SLACK = 5000;

/** Finds what the action and cnspec do not say alike, or not as it is documented. */
export function differences(documented: Documented, action: Said, cnspec: Said): Difference[] {
  // A cnspec that is not registered has no account, and nobody to authenticate.
  const compared =
    documented.registered === 'yes' ? (Object.keys(action) as (keyof Said)[]) : ['registered' as const];
  return compared.flatMap((what) => {
    const difference = { what, documented: documented[what], action: action[what], cnspec: cnspec[what] };
    const expected = difference.documented ?? difference.action;
    return isAlike(expected, difference.action) && isAlike(expected, difference.cnspec) ? [] : [difference];
  });
}

function isAlike(one: string, other: string): boolean {
  const [skew, otherSkew] = [one, other].map(skewIn);
  if (skew === undefined || otherSkew === undefined) return one === other;
  return Math.abs(skew - otherSkew) <= SLACK;
}

function skewIn(text: string): number | undefined {
  const [, duration] = /^possible clock skew detected: (\S+)$/.exec(text) ?? [];
  return duration === undefined ? undefined : parseDuration(duration);
}
