import type { ServiceAccount } from '../platform/account.ts';
import type { Mrn } from '../util/mrn.ts';
import { type CredentialsDocument, decodeCredentials } from './decode.ts';
import { type ExternalAccount, type IdTokens, isExternalAccount, readExternalAccount } from './external-account.ts';
import { parseCredentials } from './parse.ts';
import { type RegistrationToken, readRegistrationToken } from './registration-token.ts';
import { documentSecrets } from './secrets.ts';
import { readServiceAccount } from './service-account.ts';

/** Who the step is, by authentication method. */
export type Identity =
  | { kind: 'service account'; document: CredentialsDocument; account: ServiceAccount }
  | { kind: 'workload identity'; account: ExternalAccount; idTokens: IdTokens }
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

/** Secrets as they were given; at most one of the first two is set. */
export interface Given {
  credentials: string;
  registrationToken: string;
  /** The environment's MONDOO_CONFIG_BASE64, which counts if nothing else is given. */
  configBase64: string;
}

/** An identity, where it came from, and what its owner should know although it works. */
export interface Resolved {
  identity: Identity;
  source: string;
  warnings: string[];
}

export interface ResolveOptions {
  /** The endpoint that the input `api-endpoint` names. */
  endpoint: string | undefined;
  now: Date;
  /** Gets what shows only when the credentials are decoded, before anything is said of them. */
  mask: (secrets: string[]) => void;
  /** Is called for a workload identity; throws if the job gets no ID tokens. */
  findIdTokens: () => Promise<IdTokens>;
}

/**
 * Finds out who the step is, without a request.
 * @returns nothing if nothing was given
 * @throws ActionError `invalid-credentials`
 */
export async function resolveIdentity(
  { credentials, registrationToken, configBase64 }: Given,
  { endpoint, now, mask, findIdTokens }: ResolveOptions,
): Promise<Resolved | undefined> {
  if (registrationToken !== '') {
    const { token, warnings } = readRegistrationToken(registrationToken, { endpoint, now });
    const source = `a registration token for ${token.ownerMrn}`;
    return { identity: { kind: 'registration token', token }, source, warnings };
  }

  const isInput = credentials.trim() !== '';
  const given = isInput ? credentials : configBase64;
  if (given.trim() === '') return undefined;
  const decoded = decodeCredentials(given);
  const document = await parseCredentials(decoded);
  mask(documentSecrets(document));
  const place = isInput ? 'the input credentials' : 'the environment variable MONDOO_CONFIG_BASE64';
  const source = `credentials from ${place} (${decoded.form})`;

  if (isExternalAccount(document)) {
    const { account, warnings } = readExternalAccount(document, endpoint);
    const identity: Identity = { kind: 'workload identity', account, idTokens: await findIdTokens() };
    return { identity, source: `${source}: a workload identity for ${account.ownerMrn}`, warnings };
  }
  const { account, warnings } = readServiceAccount(document, { endpoint, now });
  return { identity: { kind: 'service account', document, account }, source, warnings };
}
