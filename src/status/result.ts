import type { CnspecResult } from '../cnspec/result.ts';
import type { IdTokenClaims } from '../credentials/external-account.ts';
import { type Identity, identityTarget, type Target } from '../credentials/identity.ts';
import type { ServiceAccount } from '../platform/account.ts';
import type { CallError } from '../platform/call-error.ts';
import type { StatusCheck } from '../platform/status-check.ts';
import type { ActionError } from '../util/errors.ts';
import type { Host } from '../util/host.ts';
import type { Mrn } from '../util/mrn.ts';

/** What the step has found out so far; a part that it has not reached is absent. */
export interface Result {
  startedAt: Date;
  host: Host;
  identity?: Identity;
  /** Set if MONDOO_CONFIG_BASE64 holds the credentials, or an earlier step wrote them from there to this mondoo.yml. */
  origin?: { earlierFile?: string } | undefined;
  /** The service account that signs requests: the credentials' own, or one that the platform minted. */
  account?: ServiceAccount | undefined;
  /** What the ID token says that was exchanged, or refused. */
  idToken?: IdTokenClaims;
  exchangeError?: CallError;
  check?: StatusCheck;
  registration: Registration;
  cnspec?: CnspecResult | undefined;
  /** A cnspec that later steps get on PATH, and whether it must stay the version that it is. */
  installed?: { folder: string; isPinned: boolean } | undefined;
  /** Set once mondoo.yml is in its place. */
  configPath?: string;
  /** What ended the work early. */
  error?: ActionError;
  /** What the step warned of. */
  warnings?: string[];
}

export interface Registration {
  /** False with `register: false`, and if the credentials name a client. */
  wanted: boolean;
  /** The name for the space's list of clients. */
  name: string;
  clientMrn?: Mrn | undefined;
  error?: CallError;
  /** The local time of the error. */
  failedAt?: Date;
}

export function targetOf({ account, identity }: Result): Target | undefined {
  return account ?? (identity && identityTarget(identity));
}

/** The client that later steps can use: one that this job registered counts only if mondoo.yml is in its place. */
export function usableClient({ registration, configPath, error }: Result): Mrn | undefined {
  const isLost = registration.wanted && (configPath === undefined || error !== undefined);
  return isLost ? undefined : registration.clientMrn;
}

/** As cnspec counts it: there is a service account, and the registration that was asked for succeeded. */
export function isRegistered(result: Result): boolean {
  const { account, registration, error } = result;
  return account !== undefined && error === undefined && (!registration.wanted || usableClient(result) !== undefined);
}

/** As cnspec counts it: the ping was accepted at the local time. */
export function isAuthenticated({ check }: Result): boolean {
  return check?.ping === 'accepted';
}
