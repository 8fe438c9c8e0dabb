import type { Deadline } from '../platform/deadline.ts';
import type { Retry } from '../platform/retry.ts';
import { ActionError } from '../util/errors.ts';
import { isMrn, MRN_SHAPE, type Mrn } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { mayLeadTo, parseEndpoint, readUrl } from '../util/url.ts';
import type { CredentialsDocument } from './decode.ts';

/** What an ID token says of this run. Unverified: the platform verifies it. */
export interface IdTokenClaims {
  issuer: string;
  /** Such as `repo:<owner>/<repo>:ref:refs/heads/main`. */
  subject: string;
  repository: string;
  /** Such as `refs/heads/main`. */
  ref: string;
}

/** Where a job gets ID tokens. */
export interface IdTokens {
  /** Tells which proxy leads there. */
  readonly url: URL;
  /**
   * Asks for an ID token.
   * @param audience whom the token is for
   * @throws CallError
   */
  request(audience: string, route: IdTokenRoute): Promise<IdToken>;
}

/** How the CI is reached. */
export interface IdTokenRoute {
  /** URL */
  proxy: string | undefined;
  deadline: Deadline;
  onRetry: (retry: Retry) => void;
}

export interface IdToken {
  /** The token itself: a secret. */
  jwt: string;
  claims: IdTokenClaims;
}

/** A workload identity: what GitHub's ID token has to say, and who exchanges it for a service account. */
export interface ExternalAccount {
  /** Where the token is exchanged: the input `api-endpoint`, or else what the file says. */
  apiEndpoint: string;
  /** What the file says, under which name the platform may know itself. */
  declaredEndpoint: string;
  /** The audience that the ID token is asked for: the MRN of the space or organization. */
  ownerMrn: Mrn;
  /** Who has to have issued the ID token. */
  issuerUri: string;
}

const COPY_AGAIN = 'Copy the workload identity configuration from the Mondoo Console again.';

const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/** Tells a workload identity from a service account. */
export function isExternalAccount(document: CredentialsDocument): boolean {
  return document.type === 'external_account';
}

/**
 * Checks a workload identity. The file is no secret, so anybody may have written it: before an ID token of
 * this job is asked for, it has to be clear that the token is for Mondoo and goes to Mondoo.
 * @param endpoint the endpoint that the input `api-endpoint` names
 * @throws ActionError `invalid-credentials`
 */
export function readExternalAccount(
  document: CredentialsDocument,
  endpoint: string | undefined,
): { account: ExternalAccount; warnings: string[] } {
  const audience = requiredText(document, 'audience');
  if (!isMrn('owner', audience)) {
    throw invalid(
      `The field audience of the workload identity is "${plainText(audience, 120)}", which is not the MRN of a space or an organization: it should look like ${MRN_SHAPE.owner}. No ID token was asked for.`,
    );
  }
  if ((document.subjectTokenType || JWT) !== JWT) {
    throw invalid(
      `The field subjectTokenType of the workload identity is not ${JWT}, the only kind that GitHub issues.`,
    );
  }
  const declaredEndpoint = readUrl(requiredText(document, 'universeDomain'), parseEndpoint, {
    code: 'invalid-credentials',
    subject: 'The field universeDomain of the workload identity',
    remedy: COPY_AGAIN,
  });
  if (!mayLeadTo(declaredEndpoint, endpoint)) {
    throw invalid(
      `The field universeDomain of the workload identity is ${new URL(declaredEndpoint).host}, which is not a host of mondoo.com. No ID token was asked for.`,
      `${COPY_AGAIN} If that host is meant, say so with the input api-endpoint.`,
    );
  }
  const warnings: string[] = [];
  if (document.jwtToken) {
    warnings.push(
      'The workload identity has a field jwtToken. It is ignored: the token comes from GitHub. Remove it from the file.',
    );
  }
  return {
    account: {
      apiEndpoint: endpoint ?? declaredEndpoint,
      declaredEndpoint,
      ownerMrn: audience,
      issuerUri: requiredText(document, 'issuerUri'),
    },
    warnings,
  };
}

/**
 * Makes sure that an ID token comes from whom the platform will look for, before the platform sees it.
 * @throws ActionError `invalid-credentials`
 */
export function requireIssuer({ issuerUri }: ExternalAccount, { issuer }: IdTokenClaims): void {
  if (issuer === issuerUri) return;
  throw invalid(
    `The ID token of this run was issued by ${plainText(issuer) || 'nobody who gives a name'}, but the workload identity is for tokens of ${plainText(issuerUri)} (field issuerUri). The token was sent to nobody.`,
    'GitHub Enterprise Server issues tokens of its own, and so does an enterprise with an issuer of its own: set up a workload identity for the issuer that this run has.',
  );
}

function requiredText(document: CredentialsDocument, field: string): string {
  const value = document[field];
  if (typeof value !== 'string' || value === '') {
    throw invalid(`The field ${field} of the workload identity is missing, empty or not text.`);
  }
  // What stands here is no secret, and is quoted.
  if (value.includes('-----BEGIN')) {
    throw invalid(`The field ${field} of the workload identity holds a key or a certificate.`);
  }
  return value;
}

function invalid(message: string, remedy: string = COPY_AGAIN): ActionError {
  return new ActionError('invalid-credentials', message, remedy);
}
