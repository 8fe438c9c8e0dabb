import type { IdTokenEndpoint } from '../github/id-token.ts';
import type { Mrn } from '../values/mrn.ts';
import type { CredentialsDocument } from './decode.ts';
import type { ExternalAccount } from './external-account.ts';
import type { RegistrationToken } from './registration-token.ts';
import type { ServiceAccount } from './service-account.ts';

/** Who the step is: one of the ways in. */
export type Identity =
  | { kind: 'service account'; document: CredentialsDocument; account: ServiceAccount }
  | { kind: 'workload identity'; account: ExternalAccount; idTokens: IdTokenEndpoint }
  | { kind: 'registration token'; token: RegistrationToken };

/** Where the platform is, and whose account this is about. */
export interface Target {
  /** Without a slash at its end. */
  apiEndpoint: string;
  ownerMrn: Mrn;
}

/** Where an identity leads to. */
export function identityTarget(identity: Identity): Target {
  return identity.kind === 'registration token' ? identity.token : identity.account;
}
