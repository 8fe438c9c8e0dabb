import type { ServiceAccount } from '../platform/account.ts';
import { type Minted, type MintedClient, NAMES_NO_CLIENT } from '../platform/client.ts';
import { ActionError } from '../util/errors.ts';
import { isMap } from '../util/json.ts';
import { type Mrn, ownerOf } from '../util/mrn.ts';
import { isSameHost } from '../util/url.ts';
import { type CredentialsDocument, decodeCredentials, parseJson } from './decode.ts';
import type { ExternalAccount } from './external-account.ts';
import type { RegistrationToken } from './registration-token.ts';
import { readServiceAccount } from './service-account.ts';

type Malformed = Minted<unknown>['malformed'];

/** All that is kept of credentials that the platform made: no proxy, no features. */
const KEYS = ['mrn', 'space_mrn', 'parent_mrn', 'scope_mrn', 'private_key', 'certificate', 'api_endpoint'];

/**
 * Checks the base64 of credentials JSON that an ID token was exchanged for.
 * @throws CallError if they can't work, or are for another owner or host
 */
export function readExchanged(
  { credential, malformed }: Minted<string>,
  { apiEndpoint, declaredEndpoint, ownerMrn }: ExternalAccount,
  now: Date,
): { credentials: CredentialsDocument; account: ServiceAccount } {
  return usable(malformed, () => {
    const document = knownKeys(parseJson(decodeCredentials(credential)));
    const minted = { ...document, api_endpoint: document.api_endpoint || declaredEndpoint };
    const { account } = readServiceAccount(minted, { now });
    requireOwner(account, ownerMrn, malformed);
    if (![apiEndpoint, declaredEndpoint].some((endpoint) => isSameHost(account.apiEndpoint, endpoint))) {
      throw malformed(`holds credentials for another host, ${new URL(account.apiEndpoint).host}`);
    }
    return { credentials: { ...minted, api_endpoint: apiEndpoint }, account: { ...account, apiEndpoint } };
  });
}

/**
 * Checks the client that a registration token made, and its credentials for the endpoint that made them.
 * @throws CallError that names the client if the response does
 */
export function readRegistered(
  { agentMrn, credential, malformed: malformedAnswer }: MintedClient,
  { apiEndpoint }: RegistrationToken,
  now: Date,
): { agentMrn: Mrn; credentials: CredentialsDocument; account: ServiceAccount } {
  if (agentMrn === undefined) throw malformedAnswer(NAMES_NO_CLIENT);
  const malformed: Malformed = (problem) => malformedAnswer(`names the client ${agentMrn} but ${problem}`);
  if (!isMap(credential)) throw malformed('holds no credentials for the client');
  const credentials = { ...knownKeys(credential), api_endpoint: apiEndpoint };
  const { account } = usable(malformed, () => readServiceAccount(credentials, { now }));
  return { agentMrn, credentials, account };
}

/** @throws CallError if a client or its account is not in the space that a registration token is for */
export function requireOwn(
  { malformed }: MintedClient,
  { clientMrn, account }: { clientMrn: Mrn; account: ServiceAccount },
  { ownerMrn }: RegistrationToken,
): void {
  requireOwner(account, ownerMrn, malformed);
  if (ownerOf(clientMrn) !== ownerMrn) throw malformed(`names a client that is not in ${ownerMrn}`);
}

function requireOwner({ ownerMrn }: ServiceAccount, expected: Mrn, malformed: Malformed): void {
  if (ownerMrn !== expected) throw malformed(`holds credentials for ${ownerMrn}, not for ${expected}`);
}

function knownKeys(document: CredentialsDocument): CredentialsDocument {
  return Object.fromEntries(Object.entries(document).filter(([key]) => KEYS.includes(key)));
}

/** What would be the workflow's fault in its own credentials is the platform's in those that it made. */
function usable<T>(malformed: Malformed, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw malformed(`holds credentials that cannot work (${error.message.replace(/\.$/, '')})`);
  }
}
