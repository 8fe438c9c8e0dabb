import type { ServiceAccount } from '../platform/account.ts';
import type { Mrn } from '../util/mrn.ts';
import type { ExternalAccount, IdTokens } from './external-account.ts';
import { invalid } from './fields.ts';
import type { RegistrationToken } from './registration-token.ts';
import type { Session } from './service-account.ts';

/** The identity of the step, by authentication method. */
export type Identity =
  | ({ kind: 'service account' } & Session)
  | { kind: 'workload identity'; account: ExternalAccount; idTokens: IdTokens }
  | { kind: 'registration token'; token: RegistrationToken };

/** The platform's endpoint, and the owner of the account. */
export type Target = Pick<ServiceAccount, 'apiEndpoint' | 'ownerMrn'>;

export function identityTarget(identity: Identity): Target {
  return identity.kind === 'registration token' ? identity.token : identity.account;
}

const SUBJECTS: Record<Identity['kind'], string> = {
  'service account': 'The credentials belong to',
  'workload identity': 'The workload identity JSON is for',
  'registration token': 'The registration token is for',
};

/**
 * Makes sure that an identity belongs to the space that the workflow expects.
 * @throws ActionError `invalid-credentials`
 */
export function requireSpace(identity: Identity, expected: Mrn | undefined): void {
  const { ownerMrn } = identityTarget(identity);
  if (expected === undefined || ownerMrn === expected) return;
  throw invalid(
    `${SUBJECTS[identity.kind]} \`${ownerMrn}\`, but the input \`expect-space\` expects \`${expected}\`. Nothing was sent to Mondoo Platform.`,
    'Check which secret the job passes. If the credentials are for the right space, correct `expect-space`.',
  );
}
