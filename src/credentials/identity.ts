import type { ServiceAccount } from '../platform/account.ts';
import type { ExternalAccount, IdTokens } from './external-account.ts';
import type { RegistrationToken } from './registration-token.ts';
import type { Session } from './service-account.ts';

/** Who the step is, by authentication method. */
export type Identity =
  | ({ kind: 'service account' } & Session)
  | { kind: 'workload identity'; account: ExternalAccount; idTokens: IdTokens }
  | { kind: 'registration token'; token: RegistrationToken };

/** Where the platform is, and whose account this is about. */
export type Target = Pick<ServiceAccount, 'apiEndpoint' | 'ownerMrn'>;

export function identityTarget(identity: Identity): Target {
  return identity.kind === 'registration token' ? identity.token : identity.account;
}
