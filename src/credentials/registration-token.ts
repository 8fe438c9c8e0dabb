import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { Mrn } from '../util/mrn.ts';
import { isTrustedHost } from '../util/url.ts';
import { fieldsOf, invalid } from './fields.ts';
import { COMPACT_JWT, JWT_INSIDE } from './secrets.ts';

export interface RegistrationToken {
  jwt: string;
  apiEndpoint: string;
  /** The space that it registers in. */
  ownerMrn: Mrn;
  expiresAt: Date | undefined;
}

const NEW_TOKEN =
  'Generate a new registration token in the Mondoo Console. Registration tokens are short-lived. For a job that runs regularly, use credentials or workload identity federation.';

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
  const claims = decode(jwt, given);
  const expiresAt = readTime(claims.exp);
  if (expiresAt !== undefined && expiresAt <= now) {
    throw invalid(
      `The registration token expired at ${expiresAt.toISOString()}. The runner's clock says ${now.toISOString()}.`,
      NEW_TOKEN,
    );
  }
  const declared = typeof claims.api_endpoint === 'string' ? claims.api_endpoint : undefined;
  const fields = fieldsOf({ ...claims, api_endpoint: declared }, 'registration token', NEW_TOKEN);
  const ownerMrn = fields.required('space', fields.mrn('space', 'owner'));
  const warnings: string[] = [];
  const apiEndpoint = endpoint ?? fields.endpoint(warnings);
  if (endpoint === undefined && !isTrustedHost(apiEndpoint)) throw fields.foreignHost('api_endpoint', apiEndpoint);
  return { token: { jwt, apiEndpoint, ownerMrn, expiresAt }, warnings };
}

function decode(token: string, given: string): JWTPayload {
  try {
    // All of it must fit into an HTTP header, and the library ignores the signature.
    if (COMPACT_JWT.test(token) && decodeProtectedHeader(token)) return decodeJwt(token);
  } catch {
    // Falls through to the error below.
  }
  const isAlone = token.startsWith('eyJ') && COMPACT_JWT.test(token);
  if (!isAlone && JWT_INSIDE.test(given)) {
    throw invalid(
      'The input `registration-token` contains a registration token and other text.',
      'Paste only the token, without quotes, `Bearer`, a name or a command.',
    );
  }
  const [message, remedy] = token.startsWith('{')
    ? ['holds JSON, not a registration token', 'Pass credentials JSON with the input `credentials`.']
    : ["isn't a registration token. A registration token is a JWT: three parts, separated by dots", NEW_TOKEN];
  throw invalid(`The input \`registration-token\` ${message}.`, remedy, `Length: ${token.length} characters`);
}

/** Undefined if Date can't represent it: the platform will judge. */
function readTime(seconds: unknown): Date | undefined {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
