import type { ServiceAccount } from '../platform/account.ts';
import { type CredentialsDocument, decodeCredentials, parseJson } from './decode.ts';
import { type ExternalAccount, type IdTokens, readExternalAccount } from './external-account.ts';
import { type RegistrationToken, readRegistrationToken } from './registration-token.ts';
import { documentSecrets } from './secrets.ts';
import { readServiceAccount } from './service-account.ts';

/** Who the step is, by authentication method. */
export type Identity =
  | { kind: 'service account'; document: CredentialsDocument; account: ServiceAccount }
  | { kind: 'workload identity'; account: ExternalAccount; idTokens: IdTokens }
  | { kind: 'registration token'; token: RegistrationToken };

/** Where the platform is, and whose account this is about. */
export type Target = Pick<ServiceAccount, 'apiEndpoint' | 'ownerMrn'>;

export function identityTarget(identity: Identity): Target {
  return identity.kind === 'registration token' ? identity.token : identity.account;
}

/** Secrets as they were given; at most one of the first two is set. */
export type Given = Record<'credentials' | 'registrationToken' | 'configBase64', string>;

/** An identity, where it came from, and what its owner should know. */
export type Resolved = { identity: Identity; source: string; warnings: string[] };

interface ResolveOptions {
  /** The input `api-endpoint`. */
  endpoint: string | undefined;
  now: Date;
  mask: (secrets: string[]) => void;
  /** Throws if the job gets no ID tokens. */
  findIdTokens: () => Promise<IdTokens>;
}

/**
 * Finds out who the step is, without a request. MONDOO_CONFIG_BASE64 counts if nothing else is given.
 * @returns nothing if nothing is given
 * @throws ActionError
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
  // The YAML parser takes longer to load than everything else, and few credentials need it.
  const parse = decoded.form.endsWith('JSON') ? parseJson : (await import('./yaml.ts')).parseYaml;
  const document = parse(decoded);
  mask(documentSecrets(document));
  const place = isInput ? 'the input credentials' : 'the environment variable MONDOO_CONFIG_BASE64';
  const source = `credentials from ${place} (${decoded.form})`;

  if (document.type === 'external_account') {
    const { account, warnings } = readExternalAccount(document, endpoint);
    const identity: Identity = { kind: 'workload identity', account, idTokens: await findIdTokens() };
    return { identity, source: `${source}: a workload identity for ${account.ownerMrn}`, warnings };
  }
  const { account, warnings } = readServiceAccount(document, { endpoint, now });
  return { identity: { kind: 'service account', document, account }, source, warnings };
}
