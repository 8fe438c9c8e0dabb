import { X509Certificate } from 'node:crypto';
import type { ServiceAccount } from '../platform/account.ts';
import type { Minted, MintedClient } from '../platform/client.ts';
import { ActionError } from '../util/errors.ts';
import { isMap } from '../util/json.ts';
import { type Mrn, ownerOf } from '../util/mrn.ts';
import { isSameHost } from '../util/url.ts';
import { type CredentialsDocument, decodeCredentials, parseJson } from './decode.ts';
import type { ExternalAccount } from './external-account.ts';
import { invalid } from './fields.ts';
import type { RegistrationToken } from './registration-token.ts';
import { readServiceAccount, type Session } from './service-account.ts';

type Malformed = Minted<unknown>['malformed'];

/** All that is kept of credentials that the platform made: no proxy, no features. */
const KEYS = ['mrn', 'space_mrn', 'parent_mrn', 'scope_mrn', 'private_key', 'certificate', 'api_endpoint'];

/** The most characters that they may have. */
const LONGEST = 64 * 1024;

/**
 * Checks the base64 of credentials JSON that an ID token was exchanged for.
 * @throws CallError if they can't work, or are for another owner or host
 */
export function readExchanged(
  { credential, malformed }: Minted<string>,
  { apiEndpoint, declaredEndpoint, ownerMrn }: ExternalAccount,
  now: Date,
): Session {
  const { account, document } = readMinted(malformed, now, () => {
    const known = knownKeys(parseJson(decodeCredentials(credential)));
    return { ...known, api_endpoint: known.api_endpoint || declaredEndpoint };
  });
  requireOwner(account, ownerMrn, malformed);
  if (![apiEndpoint, declaredEndpoint].some((endpoint) => isSameHost(account.apiEndpoint, endpoint))) {
    throw malformed(`holds credentials for another host, ${new URL(account.apiEndpoint).host}`);
  }
  return { account: { ...account, apiEndpoint }, document: { ...document, api_endpoint: apiEndpoint } };
}

/**
 * Checks the client that a registration token made, and its credentials for the endpoint that made them.
 * @param apiProxy goes into the credentials
 * @throws CallError that names the client
 */
export function readRegistered(
  { agentMrn: client, credential, malformed: malformedAnswer }: MintedClient,
  { apiEndpoint }: RegistrationToken,
  { apiProxy, now }: { apiProxy: string | undefined; now: Date },
): Session & { client: Mrn } {
  const malformed: Malformed = (problem) => malformedAnswer(`names the client ${client} but ${problem}`);
  if (!isMap(credential)) throw malformed('holds no credentials for the client');
  const additions = { api_endpoint: apiEndpoint, ...(apiProxy !== undefined && { api_proxy: apiProxy }) };
  return { client, ...readMinted(malformed, now, () => ({ ...knownKeys(credential), ...additions })) };
}

/** @throws CallError if a client or its account is not in the space that a registration token is for */
export function requireSameOwner(
  { malformed }: MintedClient,
  { client, account }: { client: Mrn; account: ServiceAccount },
  { ownerMrn }: RegistrationToken,
): void {
  requireOwner(account, ownerMrn, malformed);
  if (ownerOf(client) !== ownerMrn) throw malformed(`names a client that is not in ${ownerMrn}`);
}

function requireOwner({ mrn, ownerMrn }: ServiceAccount, expected: Mrn, malformed: Malformed): void {
  const foreign = [ownerMrn, ownerOf(mrn)].find((owner) => owner !== expected);
  if (foreign) throw malformed(`holds credentials for ${foreign}, not for ${expected}`);
}

function knownKeys(document: CredentialsDocument): CredentialsDocument {
  const known = Object.fromEntries(Object.entries(document).filter(([key]) => KEYS.includes(key)));
  const texts = Object.values(known).filter((value) => typeof value === 'string');
  if (texts.join('').length > LONGEST) throw invalid('They have more than 64 KiB.');
  return known;
}

/** Blames the platform for invalid credentials that it minted. */
function readMinted(malformed: Malformed, now: Date, read: () => CredentialsDocument): Session {
  try {
    const { account, document } = readServiceAccount(read(), { now });
    const { certificate, ...others } = document;
    if (!certificate) return { account, document: others };
    // Without other text around it, because all that looks like a key in mondoo.yml is masked.
    return { account, document: { ...others, certificate: new X509Certificate(certificate as string).toString() } };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw malformed(`holds credentials that cannot work (${error.message.replace(/\.$/, '')})`);
  }
}
