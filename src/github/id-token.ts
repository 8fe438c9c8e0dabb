import { decodeJwt } from 'jose';
import { ActionError } from '../errors.ts';
import { USER_AGENT } from '../platform/connection.ts';
import type { Deadline } from '../platform/deadline.ts';
import { callJson } from '../platform/json-call.ts';
import { ifTransient, type Retry, retrying } from '../platform/retry.ts';
import { Transport } from '../platform/transport.ts';
import { isLoopback } from '../values/endpoint.ts';

/** What an error calls it that an ID token was asked for. */
export const ID_TOKEN = 'GitHub/IdToken';

/** Where this job gets ID tokens. */
export interface IdTokenEndpoint {
  url: URL;
  /** What proves to GitHub that it is this job that asks: a secret, which the runner masks. */
  requestToken: string;
}

/** How GitHub is reached. */
export interface IdTokenRoute {
  /** URL */
  proxy: string | undefined;
  deadline: Deadline;
  onRetry: (retry: Retry) => void;
}

/** An ID token of this run. */
export interface IdToken {
  /** The token itself: a secret. */
  jwt: string;
  claims: IdTokenClaims;
}

/** What an ID token says of this run. Unverified: whoever the token is for has to trust it, not we. */
export interface IdTokenClaims {
  issuer: string;
  /** Such as `repo:<owner>/<repo>:ref:refs/heads/main`. */
  subject: string;
  repository: string;
  /** Such as `refs/heads/main`. */
  ref: string;
}

/**
 * Finds where this job gets ID tokens: nowhere without `permissions: id-token: write`, nor for a pull request
 * from a fork.
 * @throws ActionError `invalid-input` where that is no place to send a secret to
 */
export function findIdTokenEndpoint(env: NodeJS.ProcessEnv): IdTokenEndpoint | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken = '' } = env;
  if (requestToken === '' || url === '') return undefined;
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) {
    return { url: new URL(url), requestToken };
  }
  throw new ActionError(
    'invalid-input',
    'The environment variable ACTIONS_ID_TOKEN_REQUEST_URL, by which GitHub tells where this job gets ID tokens, is no https URL. Nothing was sent there.',
    'Look for what changes it: an `env:` of the workflow, an earlier step, or the machine of a self-hosted runner.',
  );
}

/**
 * Asks GitHub for an ID token of this run. The toolkit's getIDToken has no deadline.
 * @param audience whom the token is for
 * @throws CallError
 */
export async function requestIdToken(
  { url, requestToken }: IdTokenEndpoint,
  audience: string,
  { proxy, deadline, onRetry }: IdTokenRoute,
): Promise<IdToken> {
  const target = new URL(url);
  target.search += `${target.search ? '&' : '?'}audience=${encodeURIComponent(audience)}`;
  const transport = new Transport({ signal: deadline.signal, proxy });
  const headers = { authorization: `Bearer ${requestToken}`, 'user-agent': USER_AGENT };
  try {
    return await retrying(
      ifTransient,
      async () => {
        const { value, malformed } = await callJson(transport, ID_TOKEN, {
          method: 'GET',
          url: target,
          headers,
        });
        const token = typeof value.value === 'string' ? readIdToken(value.value) : undefined;
        if (token === undefined) throw malformed('holds no ID token');
        return token;
      },
      { deadline, onRetry },
    );
  } finally {
    transport.close();
  }
}

function readIdToken(jwt: string): IdToken | undefined {
  try {
    const claims = decodeJwt<Record<string, unknown>>(jwt);
    const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : '');
    return {
      jwt,
      claims: { issuer: text('iss'), subject: text('sub'), repository: text('repository'), ref: text('ref') },
    };
  } catch {
    return undefined;
  }
}
