import { type IdToken, type IdTokenRoute, type IdTokens, readIdToken } from '../credentials/external-account.ts';
import { callJson } from '../platform/json-call.ts';
import { ifTransient, type Rule, retrying } from '../platform/retry.ts';
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
    return { url: endpoint, request: (...request) => requestIdToken(url, requestToken, ...request) };
  }
  throw new ActionError(
    'invalid-input',
    'The variable `ACTIONS_ID_TOKEN_REQUEST_URL` is not an https URL, so the step requested no ID token.',
    'Find what changes the variable: an `env:` in the workflow, an earlier step, or the setup of a self-hosted runner.',
  );
}

/** A GET changes nothing, whichever server error it meets. */
const ifServerFailed: Rule = (error) => {
  const { failure } = error;
  return ifTransient(error) || (failure.kind !== 'connection' && (failure.httpStatus ?? 0) >= 500);
};

/** Asks GitHub for an ID token of this run. The toolkit's getIDToken has no deadline. */
async function requestIdToken(
  url: string,
  requestToken: string,
  audience: string,
  { deadline, onRetry, ...way }: IdTokenRoute,
): Promise<IdToken> {
  const target = new URL(url);
  target.searchParams.append('audience', audience);
  const transport = new Transport(way);
  const headers = { authorization: `Bearer ${requestToken}` };
  const request = { method: 'GET', url: target, headers } as const;
  try {
    return await retrying(
      ifServerFailed,
      async () => {
        const { value, malformed } = await callJson(transport, 'GitHub/IdToken', request, deadline.endSignal);
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
