import type { KeyObject } from 'node:crypto';
import type { Mrn } from '../util/mrn.ts';

export interface Validity {
  from: Date;
  to: Date;
}

/** Credentials that were checked offline. */
export interface ServiceAccount {
  mrn: Mrn;
  privateKey: KeyObject;
  /** By cnspec's order: scope_mrn, space_mrn, parent_mrn; else the one in `mrn`. */
  ownerMrn: Mrn;
  /** Without a slash at its end. */
  apiEndpoint: string;
  apiProxy?: string | undefined;
  /** The client, if there already is one. */
  agentMrn?: Mrn | undefined;
  certificate?: Validity | undefined;
}

export type Signer = Pick<ServiceAccount, 'mrn' | 'privateKey'>;
