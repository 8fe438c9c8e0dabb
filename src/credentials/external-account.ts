import { decodeJwt } from 'jose';
import type { ConnectionOptions } from '../platform/client.ts';
import type { Mrn } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { mayLeadTo, parseEndpoint } from '../util/url.ts';
import type { CredentialsDocument } from './decode.ts';
import { fieldsOf, invalid } from './fields.ts';

/** What an ID token says of this run; unverified. */
export interface IdTokenClaims {
  issuer: string;
  /** For example `repo:<owner>/<repo>:ref:refs/heads/main`. */
  subject: string;
  repository: string;
  ref: string;
}

export interface IdToken {
  /** A secret. */
  jwt: string;
  claims: IdTokenClaims;
  audiences: string[];
  expiresAt: Date | undefined;
}

/** How the CI is reached. */
export type IdTokenRoute = Pick<ConnectionOptions, 'proxy' | 'deadline' | 'onRetry'>;

/** Where a job gets ID tokens. */
export interface IdTokens {
  /** Decides on the proxy; undefined if no request is needed. */
  readonly url: URL | undefined;
  /** @throws CallError */
  request(audience: string, route: IdTokenRoute): Promise<IdToken>;
}

/** A workload identity: who has to issue the ID token, and who exchanges it for a service account. */
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
 * Checks that an ID token for a workload identity is for Mondoo and goes to Mondoo: anybody may have written the file.
 * @param endpoint the input `api-endpoint`, which wins over the file's own
 * @throws ActionError
 */
export function readExternalAccount(
  document: CredentialsDocument,
  endpoint: string | undefined,
): { account: ExternalAccount; warnings: string[] } {
  const fields = fieldsOf(document, 'workload identity JSON', COPY_AGAIN);
  for (const name of ['audience', 'universeDomain', 'issuerUri']) {
    // Messages quote these fields.
    if (fields.required(name).includes('-----BEGIN')) throw fields.unusable(name, 'holds a key or a certificate');
  }
  const ownerMrn = fields.mrn('audience', 'owner', { isQuoted: true }) as Mrn;
  if ((document.subjectTokenType || JWT) !== JWT) {
    throw fields.unusable('subjectTokenType', `isn't \`${JWT}\`, the only kind that Mondoo Platform exchanges`);
  }
  const declaredEndpoint = fields.url('universeDomain', parseEndpoint) as string;
  if (!mayLeadTo(declaredEndpoint, endpoint)) throw fields.foreignHost('universeDomain', declaredEndpoint);
  const issuerUri = fields.required('issuerUri');
  const ignored =
    'The workload identity JSON has a field `jwtToken`. The action ignores it and gets the token from the CI. Remove it from the file.';
  return {
    account: { apiEndpoint: endpoint ?? declaredEndpoint, declaredEndpoint, ownerMrn, issuerUri },
    warnings: document.jwtToken ? [ignored] : [],
  };
}

/** Reads an ID token of any CI, unverified; undefined if it isn't one. */
export function readIdToken(jwt: string): IdToken | undefined {
  try {
    const { aud = [], exp, ...claims } = decodeJwt<Record<string, unknown>>(jwt);
    const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : '');
    const repository = text('repository') || text('project_path');
    return {
      jwt,
      claims: { issuer: text('iss'), subject: text('sub'), repository, ref: text('ref') },
      audiences: [aud].flat(),
      expiresAt: exp === undefined ? undefined : new Date(exp * 1000),
    };
  } catch {
    return undefined;
  }
}

/** @throws ActionError if the platform would look for another issuer */
export function requireIssuer({ issuerUri }: ExternalAccount, { issuer }: IdTokenClaims): void {
  if (issuer === issuerUri) return;
  throw invalid(
    `The workload identity JSON is for tokens of another issuer, so the ID token was not sent. The field \`issuerUri\` is "${plainText(issuerUri)}", the token's issuer is "${plainText(issuer)}".`,
    'Set up workload identity federation for the issuer of this run. A CI server of your own has its own issuer, and an enterprise can have one too.',
  );
}
