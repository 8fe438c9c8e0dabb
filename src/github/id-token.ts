import { type IdToken, type IdTokenRoute, type IdTokens, readIdToken } from '../credentials/external-account.ts';
import { callJson } from '../platform/json-call.ts';
import { type Rule, retrying } from '../platform/retry.ts';
import { Transport } from '../platform/transport.ts';
import { ActionError } from '../util/errors.ts';
import { isLoopback } from '../util/url.ts';

/**
 * Finds where this job gets ID tokens: it needs `id-token: write`, which a pull request from a fork never has.
 * @throws ActionError `invalid-input` if it isn't safe to send a secret there
 */
export function findIdTokens(env: NodeJS.ProcessEnv): IdTokens | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken = '' } = env;
  if (requestToken === '' || url === '') return undefined;
  const endpoint = URL.parse(url);
  if (endpoint?.protocol === 'https:' || (endpoint?.protocol === 'http:' && isLoopback(endpoint.hostname))) {
    return { url: endpoint, request: (...request) => requestIdToken(endpoint, requestToken, ...request) };
  }
  throw new ActionError(
    'invalid-input',
    'The variable `ACTIONS_ID_TOKEN_REQUEST_URL` is not an https URL, so the step requested no ID token.',
    'Find what changes the variable: an `env:` in the workflow, an earlier step, or the setup of a self-hosted runner.',
  );
}

/** A GET changes nothing, whichever server error it meets. */
const ifServerFailed: Rule = ({ isTransient, failure }) =>
  isTransient || (failure.kind !== 'connection' && (failure.httpStatus ?? 0) >= 500);

/** Asks GitHub for an ID token of this run. The toolkit's getIDToken has no deadline. */
async function requestIdToken(endpoint: URL, secret: string, audience: string, route: IdTokenRoute): Promise<IdToken> {
  const url = new URL(endpoint);
  url.searchParams.append('audience', audience);
  const headers = { authorization: `Bearer ${secret}` };
  const request = { method: 'GET', url, headers, signal: route.deadline.endSignal } as const;
  using transport = new Transport(route);
  const callOnce = () => callJson(transport, 'GitHub/IdToken', request);
  const { value, malformed } = await retrying(ifServerFailed, callOnce, route);
  const token = typeof value.value === 'string' ? readIdToken(value.value) : undefined;
  if (token === undefined) throw malformed('holds no ID token');
  return token;
}
