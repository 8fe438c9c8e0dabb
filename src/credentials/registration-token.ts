import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { ActionError } from '../util/errors.ts';
import { isMrn, MRN_SHAPE, type Mrn } from '../util/mrn.ts';
import { DEFAULT_ENDPOINT, isTrustedHost, parseEndpoint, readUrl } from '../util/url.ts';
import { COMPACT_JWT } from './secrets.ts';

/** A registration token that can work, as far as that shows without the platform. */
export interface RegistrationToken {
  jwt: string;
  /** Where it is used: the input `api-endpoint`, or else what the token says. */
  apiEndpoint: string;
  /** The space that it registers in. */
  ownerMrn: Mrn;
  /** Nothing where the token does not say so. */
  expiresAt: Date | undefined;
}

const NEW_TOKEN =
  'Generate a new registration token in the Mondoo Console. They are short-lived: for a workflow that runs again and again use credentials or a workload identity.';

/**
 * Reads the claims of a registration token. The signature is not verified: only the platform has the key for
 * that, and it does so when the token is used. What the claims say decides where the token goes, so a host
 * that is not Mondoo's own is refused.
 * @param endpoint the endpoint that the input `api-endpoint` names
 * @throws ActionError `invalid-credentials`
 */
export function readRegistrationToken(
  given: string,
  { endpoint, now }: { endpoint: string | undefined; now: Date },
): { token: RegistrationToken; warnings: string[] } {
  const jwt = given.replace(/\s+/g, '');
  const claims = decode(jwt);
  const expiresAt = readTime(claims.exp);
  if (expiresAt !== undefined && expiresAt <= now) {
    throw invalid(
      `The registration token expired at ${expiresAt.toISOString()}; this machine says that it is ${now.toISOString()}.`,
    );
  }
  const { space } = claims;
  if (typeof space !== 'string' || space === '') {
    throw invalid('The registration token names no space to register in.');
  }
  if (!isMrn('owner', space)) {
    throw invalid(
      `The claim space of the registration token is not the MRN of a space: it should look like ${MRN_SHAPE.owner}.`,
    );
  }
  const warnings: string[] = [];
  const apiEndpoint = endpoint ?? readEndpoint(claims, warnings);
  return { token: { jwt, apiEndpoint, ownerMrn: space, expiresAt }, warnings };
}

function readEndpoint(claims: JWTPayload, warnings: string[]): string {
  const text = claims.api_endpoint;
  if (typeof text !== 'string' || text === '') {
    warnings.push(
      `The registration token has no api_endpoint, so ${DEFAULT_ENDPOINT} is used. For an account of another region set the input api-endpoint.`,
    );
    return DEFAULT_ENDPOINT;
  }
  const declared = readUrl(text, parseEndpoint, {
    code: 'invalid-credentials',
    subject: 'The claim api_endpoint of the registration token',
    remedy: NEW_TOKEN,
  });
  if (isTrustedHost(declared)) return declared;
  throw invalid(
    `The registration token is for ${new URL(declared).host}, which is not a host of mondoo.com. Nothing was sent there.`,
    'If that host is meant, say so with the input api-endpoint.',
  );
}

function decode(token: string): JWTPayload {
  try {
    // The library does not look at the signature, and all of it has to fit into an HTTP header.
    if (COMPACT_JWT.test(token) && decodeProtectedHeader(token)) return decodeJwt(token);
  } catch {
    // The same error as for what does not even look like one.
  }
  throw token.startsWith('{')
    ? invalid(
        'The input registration-token holds JSON, not a registration token.',
        'Pass credentials JSON with the input credentials.',
      )
    : invalid(
        `The input registration-token is not a registration token: a JWT has three parts with a dot between them, and claims that can be read; the ${token.length} characters that are there have not.`,
      );
}

/** Nothing for what is no time, or is out of the range that can be written: the platform will judge. */
function readTime(seconds: unknown): Date | undefined {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function invalid(message: string, remedy: string = NEW_TOKEN): ActionError {
  return new ActionError('invalid-credentials', message, remedy);
}
