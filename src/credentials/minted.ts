import type { ServiceAccount } from '../platform/account.ts';
import { type Minted, type MintedClient, NAMES_NO_CLIENT } from '../platform/client.ts';
import { ActionError } from '../util/errors.ts';
import { type Mrn, ownerOf } from '../util/mrn.ts';
import { isSameHost } from '../util/url.ts';
import { type CredentialsDocument, decodeCredentials, parseJson } from './decode.ts';
import type { ExternalAccount } from './external-account.ts';
import type { RegistrationToken } from './registration-token.ts';
import { readServiceAccount } from './service-account.ts';

/** All that is taken over from credentials that the platform made: no proxy, no features, nothing unheard of. */
const KEYS = ['mrn', 'space_mrn', 'parent_mrn', 'scope_mrn', 'private_key', 'certificate', 'api_endpoint'];

/** The service account that an ID token was exchanged for. */
export interface Exchanged {
  credentials: CredentialsDocument;
  account: ServiceAccount;
}

/**
 * Checks the credentials that an ID token was exchanged for.
 * @param minted base64 of credentials JSON
 * @throws CallError where they cannot work, or are for another owner or host than they were asked for
 */
export function readExchanged(
  { credential, malformed }: Minted<string>,
  { apiEndpoint, declaredEndpoint, ownerMrn }: ExternalAccount,
  now: Date,
): Exchanged {
  return usable(malformed, () => {
    const document = knownKeys(parseJson(decodeCredentials(credential)));
    const minted = { ...document, api_endpoint: document.api_endpoint || declaredEndpoint };
    const { account } = readServiceAccount(minted, { now });
    requireOwner(account.ownerMrn, ownerMrn, malformed);
    // The platform knows itself by its own name, where the workflow may go by another one.
    if (![apiEndpoint, declaredEndpoint].some((endpoint) => isSameHost(account.apiEndpoint, endpoint))) {
      throw malformed(`holds credentials for another host, ${new URL(account.apiEndpoint).host}`);
    }
    return { credentials: { ...minted, api_endpoint: apiEndpoint }, account: { ...account, apiEndpoint } };
  });
}

/**
 * Checks the client that a registration token made, and the credentials that came with it.
 * They are for the endpoint that made them, whatever they say of it.
 * @param minted credentials as JSON has them
 * @throws CallError where they cannot work; it names the client where the answer does
 */
export function readRegistered(
  { agentMrn, credential, malformed: malformedAnswer }: MintedClient,
  { apiEndpoint }: RegistrationToken,
  now: Date,
): { agentMrn: Mrn; credentials: CredentialsDocument; account: ServiceAccount } {
  if (agentMrn === undefined) throw malformedAnswer(NAMES_NO_CLIENT);
  const malformed = (problem: string) => malformedAnswer(`names the client ${agentMrn} but ${problem}`);
  if (typeof credential !== 'object' || credential === null || Array.isArray(credential)) {
    throw malformed('holds no credentials for the client');
  }
  const document = { ...knownKeys(credential as CredentialsDocument), api_endpoint: apiEndpoint };
  const { account } = usable(malformed, () => readServiceAccount(document, { now }));
  return { agentMrn, credentials: document, account };
}

/**
 * Makes sure that a client and its account belong to the space that a registration token is for.
 * @throws CallError
 */
export function requireOwn(
  { malformed }: MintedClient,
  { clientMrn, account }: { clientMrn: Mrn; account: ServiceAccount },
  { ownerMrn }: RegistrationToken,
): void {
  requireOwner(account.ownerMrn, ownerMrn, malformed);
  if (ownerOf(clientMrn) !== ownerMrn) throw malformed(`names a client that is not in ${ownerMrn}`);
}

/** A scan of another space would look well and be of no use to the one that was asked for. */
function requireOwner(found: Mrn, expected: Mrn, malformed: Minted<unknown>['malformed']): void {
  if (found !== expected) throw malformed(`holds credentials for ${found}, not for ${expected}`);
}

function knownKeys(document: CredentialsDocument): CredentialsDocument {
  return Object.fromEntries(Object.entries(document).filter(([key]) => KEYS.includes(key)));
}

/** Credentials that cannot work are the workflow's mistake where it brought them, and the platform's where it made them. */
function usable<T>(malformed: Minted<unknown>['malformed'], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw malformed(`holds credentials that cannot work (${error.message.replace(/\.$/, '')})`);
  }
}
