import type { CnspecAnswer } from '../cnspec/cnspec.ts';
import { type Identity, identityTarget, type Target } from '../credentials/identity.ts';
import type { ServiceAccount } from '../credentials/service-account.ts';
import type { ActionError } from '../errors.ts';
import type { IdTokenClaims } from '../github/id-token.ts';
import type { Host } from '../host.ts';
import type { CallError } from '../platform/call-error.ts';
import type { Observation } from '../platform/observe.ts';
import type { Mrn } from '../values/mrn.ts';

/** All that the step has found out so far. What it did not come to is absent. */
export interface Facts {
  /** The local time at the start of the step. */
  now: Date;
  host: Host;
  /** Who the step is. */
  identity?: Identity;
  /** What the ID token says that GitHub issued for a workload identity. */
  idToken?: IdTokenClaims;
  /** Why a workload identity came to no service account. */
  exchangeError?: CallError;
  /** Who signs requests: the identity itself, or what the platform minted for it. */
  account?: ServiceAccount;
  observation?: Observation;
  registration: Registration;
  /** What a registration token made for this job alone: it has to be taken back. */
  minted?: { clientMrn: Mrn; account: ServiceAccount; isKept: boolean };
  /** How it stands with the real cnspec; absent where it was not looked at. */
  cnspec?: RealCnspec;
  /** What ended the work early. */
  failure?: ActionError;
}

/** How it stands with the client. */
export interface Registration {
  /** Whether a client is to be registered: not with `register: false`, nor when the credentials name one. */
  wanted: boolean;
  /** The name for the space's list. */
  name: string;
  clientMrn?: Mrn | undefined;
  error?: CallError;
  /** The local time of the error. */
  failedAt?: Date;
}

/** How it stands with the real cnspec. */
export interface RealCnspec {
  /** As it says itself, else the one that was installed. */
  version?: string | undefined;
  /** The newest there is, where the releases host told it in time. */
  latestVersion?: string | undefined;
  answer?: CnspecAnswer;
  /** The names of its installed providers. */
  providers?: string[];
  /** Why it could not be installed or asked, or in what it does not agree. */
  failure?: ActionError;
}

/** Where this leads to, as soon as that is known. */
export function targetOf({ account, identity }: Facts): Target | undefined {
  return account ?? (identity && identityTarget(identity));
}

/** Registered as cnspec counts it: a service account is there, and a registration that was asked for succeeded. */
export function isRegistered({ account, registration, failure }: Facts): boolean {
  return (
    account !== undefined &&
    failure === undefined &&
    (!registration.wanted || registration.clientMrn !== undefined)
  );
}

/** Authenticated as cnspec counts it: the ping was accepted at the local time. */
export function isAuthenticated({ observation }: Facts): boolean {
  return observation?.ping === 'accepted';
}
