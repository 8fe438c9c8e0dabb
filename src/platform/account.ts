import type { KeyObject } from 'node:crypto';
import type { Mrn } from '../util/mrn.ts';

/** From when to when a certificate is valid. */
export interface Validity {
  from: Date;
  to: Date;
}

/** A service account: credentials that can work, as far as that shows without the platform. */
export interface ServiceAccount {
  mrn: Mrn;
  /** EC P-384. */
  privateKey: KeyObject;
  /** The space or organization, by cnspec's order: scope_mrn, space_mrn, parent_mrn; else the one in `mrn`. */
  ownerMrn: Mrn;
  /** Without a slash at its end. */
  apiEndpoint: string;
  /** The URL of the proxy that the credentials name. */
  apiProxy?: string;
  /** The client that the credentials are registered as already. */
  agentMrn?: Mrn;
  certificate?: Validity;
}

/** What signs requests. */
export type Signer = Pick<ServiceAccount, 'mrn' | 'privateKey'>;
