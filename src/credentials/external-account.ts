import type { ConnectionOptions } from '../platform/client.ts';
import { isMrn, MRN_SHAPE, type Mrn } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { mayLeadTo, parseEndpoint, readUrl } from '../util/url.ts';
import type { CredentialsDocument } from './decode.ts';
import { invalid, textOf } from './fields.ts';

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
}

/** How the CI is reached. */
export type IdTokenRoute = Pick<ConnectionOptions, 'proxy' | 'deadline' | 'onRetry'>;

/** Where a job gets ID tokens. */
export interface IdTokens {
  /** Decides on the proxy. */
  readonly url: URL;
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

const COPY_AGAIN = 'Copy the workload identity configuration from the Mondoo Console again.';

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
  const ownerMrn = requiredText(document, 'audience');
  if (!isMrn('owner', ownerMrn)) {
    throw unusable(
      'audience',
      `is "${plainText(ownerMrn, 120)}", which is not the MRN of a space or an organization: it should look like ${MRN_SHAPE.owner}. No ID token was asked for.`,
    );
  }
  if ((document.subjectTokenType || JWT) !== JWT) {
    throw unusable('subjectTokenType', `is not ${JWT}, the only kind that GitHub issues.`);
  }
  const declaredEndpoint = readUrl(requiredText(document, 'universeDomain'), parseEndpoint, {
    code: 'invalid-credentials',
    subject: 'The field universeDomain of the workload identity',
    remedy: COPY_AGAIN,
  });
  if (!mayLeadTo(declaredEndpoint, endpoint)) {
    throw unusable(
      'universeDomain',
      `is ${new URL(declaredEndpoint).host}, which is not a host of mondoo.com. No ID token was asked for.`,
      `${COPY_AGAIN} If that host is meant, say so with the input api-endpoint.`,
    );
  }
  const issuerUri = requiredText(document, 'issuerUri');
  const ignored =
    'The workload identity has a field jwtToken. It is ignored: the token comes from GitHub. Remove it from the file.';
  return {
    account: { apiEndpoint: endpoint ?? declaredEndpoint, declaredEndpoint, ownerMrn, issuerUri },
    warnings: document.jwtToken ? [ignored] : [],
  };
}

/** @throws ActionError if the platform would look for another issuer */
export function requireIssuer({ issuerUri }: ExternalAccount, { issuer }: IdTokenClaims): void {
  if (issuer === issuerUri) return;
  throw invalid(
    `The ID token of this run was issued by ${plainText(issuer) || 'nobody who gives a name'}, but the workload identity is for tokens of ${plainText(issuerUri)} (field issuerUri). The token was sent to nobody.`,
    'GitHub Enterprise Server issues tokens of its own, and so does an enterprise with an issuer of its own: set up a workload identity for the issuer that this run has.',
  );
}

function requiredText(document: CredentialsDocument, field: string): string {
  const value = textOf(document, field);
  if (value === undefined) throw unusable(field, 'is missing, empty or not text.');
  // Messages quote these fields.
  if (value.includes('-----BEGIN')) throw unusable(field, 'holds a key or a certificate.');
  return value;
}

function unusable(field: string, problem: string, remedy = COPY_AGAIN) {
  return invalid(`The field ${field} of the workload identity ${problem}`, remedy);
}
