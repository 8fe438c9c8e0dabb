import type { CnspecResult } from '../cnspec/result.ts';
import type { IdTokenClaims } from '../credentials/external-account.ts';
import { type Identity, identityTarget, type Target } from '../credentials/identity.ts';
import type { ServiceAccount, Validity } from '../platform/account.ts';
import type { CallError } from '../platform/call-error.ts';
import type { StatusCheck } from '../platform/status-check.ts';
import type { ActionError } from '../util/errors.ts';
import type { Host } from '../util/host.ts';
import type { Mrn } from '../util/mrn.ts';

/** All that the step has found out so far; a part that it has not reached is absent. */
export interface Result {
  /** The local time at the start of the step. */
  startedAt: Date;
  host: Host;
  /** Who the step is. */
  identity?: Identity;
  /** The service account that signs requests: the credentials' own, or one that the platform minted. */
  account?: ServiceAccount | undefined;
  /** What the ID token says that was exchanged, or refused. */
  idToken?: IdTokenClaims;
  exchangeError?: CallError;
  check?: StatusCheck;
  registration: Registration;
  /** Absent if cnspec was not looked at. */
  cnspec?: CnspecResult | undefined;
  /** A cnspec that later steps get on PATH. */
  installed?: InstalledCnspec | undefined;
  /** Where mondoo.yml is, once it is in its place. */
  configPath?: string;
  /** What ended the work early. */
  error?: ActionError;
}

export interface InstalledCnspec {
  folder: string;
  /** Whether it must stay the version that it is. */
  isPinned: boolean;
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

/** Where this leads to, as soon as that is known. */
export function targetOf({ account, identity }: Result): Target | undefined {
  return account ?? (identity && identityTarget(identity));
}

/** Of long-lived credentials only: an account that was made for this job is as short-lived as that. */
export function ownCertificate({ identity }: Result): Validity | undefined {
  return identity?.kind === 'service account' ? identity.account.certificate : undefined;
}

/**
 * The client that later steps can use: the one that the credentials name, or one that this job registered, as soon as
 * mondoo.yml is in its place.
 */
export function usableClient({ registration, configPath, error }: Result): Mrn | undefined {
  const isLost = registration.wanted && (configPath === undefined || error !== undefined);
  return isLost ? undefined : registration.clientMrn;
}

/** Registered as cnspec counts it: a service account is there, and a registration that was asked for succeeded. */
export function isRegistered(result: Result): boolean {
  const { account, registration, error } = result;
  return account !== undefined && error === undefined && (!registration.wanted || usableClient(result) !== undefined);
}

/** Authenticated as cnspec counts it: the ping was accepted at the local time. */
export function isAuthenticated({ check }: Result): boolean {
  return check?.ping === 'accepted';
}
