import { decodeJwt } from 'jose';
import type { ConnectionOptions } from '../platform/client.ts';
import type { Mrn } from '../util/mrn.ts';
import { codeSpan } from '../util/text.ts';
import { isSameHost, isTrustedHost, parseEndpoint } from '../util/url.ts';
import type { CredentialsDocument } from './decode.ts';
import { fieldsOf, invalid } from './fields.ts';
import { COMPACT_JWT } from './secrets.ts';

/** What an ID token says of this run, unverified, in the order in which people compare it; empty if absent. */
export type IdTokenClaims = Record<string, string> & { issuer: string };

export interface IdToken {
  /** A secret. */
  jwt: string;
  claims: IdTokenClaims;
  /** Whether its lifetime is over, measured without the wall clock. */
  hasExpired(): boolean;
  expiresAt: Date | undefined;
  audiences: string[];
}

/** How the CI is reached. */
export type IdTokenRoute = Omit<ConnectionOptions, 'endpoint'>;

/** Where a job gets ID tokens. */
export interface IdTokens {
  /** Decides on the proxy; undefined if no request is needed. */
  readonly url: URL | undefined;
  /** @throws CallError */
  request(audience: string, route: IdTokenRoute): Promise<IdToken>;
}

/** A workload identity: who must issue the ID token, and who exchanges it for a service account. */
export interface ExternalAccount {
  apiEndpoint: string;
  /** The file's endpoint: the platform may know itself by this name. */
  declaredEndpoint: string;
  /** The audience of the ID token. */
  ownerMrn: Mrn;
  issuerUri: string;
}

const COPY_AGAIN = 'Copy the workload identity JSON again from the Mondoo Console.';

const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/**
 * Checks that an ID token for a workload identity is for Mondoo and goes to Mondoo: the file is untrusted.
 * @param endpoint the input `api-endpoint`, which wins over the file's own
 * @throws ActionError
 */
export function readExternalAccount(document: CredentialsDocument, endpoint: string | undefined) {
  const fields = fieldsOf(document, 'workload identity JSON', COPY_AGAIN);
  for (const name of ['audience', 'universeDomain', 'issuerUri']) {
    // Messages quote these fields.
    if (fields.required(name).includes('-----BEGIN')) throw fields.unusable(name, 'holds a key or a certificate');
  }
  const ownerMrn = fields.mrn('audience', 'owner') as Mrn;
  if ((document.subjecttokentype || JWT) !== JWT) {
    throw fields.unusable('subjectTokenType', `isn't \`${JWT}\`, the only kind that Mondoo Platform exchanges`);
  }
  const declaredEndpoint = fields.url('universeDomain', parseEndpoint) as string;
  const isTrusted = isTrustedHost(declaredEndpoint) || (endpoint && isSameHost(declaredEndpoint, endpoint));
  if (!isTrusted) throw fields.foreignHost('universeDomain', declaredEndpoint);
  const issuerUri = fields.required('issuerUri');
  if (!/^https?:\/\//.test(issuerUri)) throw fields.unusable('issuerUri', "isn't a URL");
  const ignored =
    'The workload identity JSON has a field `jwtToken`. The action ignores it and gets the token from the CI. Remove it from the file.';
  const apiEndpoint = endpoint ?? declaredEndpoint;
  const account: ExternalAccount = { apiEndpoint, declaredEndpoint, ownerMrn, issuerUri };
  return { account, warnings: document.jwttoken ? [ignored] : [] };
}

/** Reads an ID token of any CI, unverified; undefined if it isn't one. */
export function readIdToken(jwt: string): IdToken | undefined {
  // All of it is masked.
  if (!COMPACT_JWT.test(jwt)) return undefined;
  try {
    const { aud = [], exp, iat = 0, ...claims } = decodeJwt<Record<string, unknown>>(jwt);
    const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : '');
    const ofRun = ['ref', 'environment', 'job_workflow_ref'].map((name) => [name, text(name)]);
    const audiences = [aud].flat();
    const receivedAt = performance.now();
    return {
      jwt,
      claims: {
        issuer: text('iss'),
        audience: audiences.join(),
        subject: text('sub'),
        repository: text('repository') || text('project_path'),
        ...Object.fromEntries(ofRun),
      },
      audiences,
      expiresAt: exp === undefined ? undefined : new Date(exp * 1000),
      hasExpired: () => exp !== undefined && performance.now() - receivedAt >= (exp - iat) * 1000,
    };
  } catch {
    return undefined;
  }
}

/** @throws ActionError if the platform would look for another issuer */
export function requireIssuer({ issuerUri }: ExternalAccount, { issuer }: IdTokenClaims): void {
  if (issuer === issuerUri) return;
  const isSlash = issuerUri === `${issuer}/` || issuer === `${issuerUri}/`;
  const slash = isSlash ? ' They differ only in the slash at the end.' : '';
  throw invalid(
    `The workload identity JSON is for tokens of another issuer, so the ID token was not sent. The field \`issuerUri\` is ${codeSpan(issuerUri)}, but the token's issuer is ${codeSpan(issuer)}.${slash}`,
    isSlash
      ? "Write the token's issuer exactly, in the JSON and in the Mondoo Console (Settings → Workload Identity)."
      : 'Set up workload identity federation for the issuer of this run. A CI server of your own has its own issuer, and an enterprise account can have its own too.',
  );
}
