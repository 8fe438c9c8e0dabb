import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { isMrn, MRN_SHAPE, type Mrn } from '../util/mrn.ts';
import { DEFAULT_ENDPOINT, isTrustedHost, parseEndpoint, readUrl } from '../util/url.ts';
import { invalid, textOf } from './fields.ts';
import { COMPACT_JWT } from './secrets.ts';

export interface RegistrationToken {
  jwt: string;
  apiEndpoint: string;
  /** The space that it registers in. */
  ownerMrn: Mrn;
  expiresAt: Date | undefined;
}

const NEW_TOKEN =
  'Generate a new registration token in the Mondoo Console. They are short-lived: for a workflow that runs again and again use credentials or a workload identity.';

/**
 * Reads the claims of a registration token. Only the platform can verify them, so they lead to Mondoo's hosts alone.
 * @param endpoint the input `api-endpoint`, which wins over the token's own
 * @throws ActionError
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
      NEW_TOKEN,
    );
  }
  const ownerMrn = textOf(claims, 'space');
  if (ownerMrn === undefined) throw invalid('The registration token names no space to register in.', NEW_TOKEN);
  if (!isMrn('owner', ownerMrn)) {
    throw invalid(
      `The claim space of the registration token is not the MRN of a space: it should look like ${MRN_SHAPE.owner}.`,
      NEW_TOKEN,
    );
  }
  const warnings: string[] = [];
  const apiEndpoint = endpoint ?? readEndpoint(claims, warnings);
  return { token: { jwt, apiEndpoint, ownerMrn, expiresAt }, warnings };
}

function readEndpoint(claims: JWTPayload, warnings: string[]): string {
  const text = textOf(claims, 'api_endpoint');
  if (text === undefined) {
    warnings.push(
      `The registration token has no api_endpoint, so ${DEFAULT_ENDPOINT} is used. For an account of another region set the input api-endpoint.`,
    );
    return DEFAULT_ENDPOINT;
  }
  const subject = 'The claim api_endpoint of the registration token';
  const declared = readUrl(text, parseEndpoint, { code: 'invalid-credentials', subject, remedy: NEW_TOKEN });
  if (isTrustedHost(declared)) return declared;
  throw invalid(
    `The registration token is for ${new URL(declared).host}, which is not a host of mondoo.com. Nothing was sent there.`,
    'If that host is meant, say so with the input api-endpoint.',
  );
}

function decode(token: string): JWTPayload {
  try {
    // All of it must fit into an HTTP header, and the library ignores the signature.
    if (COMPACT_JWT.test(token) && decodeProtectedHeader(token)) return decodeJwt(token);
  } catch {
    // The same error as for what does not even look like one.
  }
  if (token.startsWith('{')) {
    throw invalid(
      'The input registration-token holds JSON, not a registration token.',
      'Pass credentials JSON with the input credentials.',
    );
  }
  throw invalid(
    `The input registration-token is not a registration token: a JWT has three parts with a dot between them, and claims that can be read; the ${token.length} characters that are there have not.`,
    NEW_TOKEN,
  );
}

/** Nothing for what Date can't represent: the platform will judge. */
function readTime(seconds: unknown): Date | undefined {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
