import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IdToken, IdTokenRoute } from '../../src/credentials/external-account.ts';
import { findIdTokens } from '../../src/github/id-token.ts';
import { CallError } from '../../src/platform/call-error.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import type { Retry } from '../../src/platform/retry.ts';
import { expectSilence, ISSUER, jwt, OWNER_MRN } from '../fixtures.ts';
import { deadEndpoint, type Handler, sendError, sendJson, startServer } from '../platform/loopback-server.ts';
import { rejectionOf } from '../rejection.ts';

const REQUEST_TOKEN = jwt({ nameid: 'a job', scp: 'Actions.GenericRead' });
const PATH = '/38/_apis/distributedtask/hubs/Actions/plans/7b/jobs/c5/idtoken';

/** A token as GitHub issues it. */
const ID_TOKEN = jwt({
  iss: ISSUER,
  aud: OWNER_MRN,
  sub: 'repo:acme/shop:ref:refs/heads/main',
  repository: 'acme/shop',
  ref: 'refs/heads/main',
  job_workflow_ref: 'acme/shop/.github/workflows/scan.yml@refs/heads/main',
  run_id: '1',
});

describe('findIdTokens', () => {
  const OFFERED = 'https://pipelines.actions.githubusercontent.com/x/idtoken?api-version=2.0';
  const find = (url?: string, token?: string) =>
    findIdTokens({
      ...(url !== undefined && { ACTIONS_ID_TOKEN_REQUEST_URL: url }),
      ...(token !== undefined && { ACTIONS_ID_TOKEN_REQUEST_TOKEN: token }),
    });

  it('finds the URL and the token in a job with the permission', () => {
    expect(find(OFFERED, REQUEST_TOKEN)?.url).toEqual(new URL(OFFERED));
  });

  it.each([
    ['neither', undefined, undefined],
    ['no token', OFFERED, undefined],
    ['an empty token', OFFERED, ''],
    ['no URL', undefined, REQUEST_TOKEN],
    ['an empty URL', '', REQUEST_TOKEN],
  ])('finds nothing if there is %s', (_, url, token) => {
    expect(find(url, token)).toBeUndefined();
  });

  it.each(['http://127.0.0.1:8080/idtoken', 'http://localhost/idtoken', 'http://[::1]:1/idtoken'])(
    'accepts plain http on loopback: %s',
    (url) => expect(find(url, REQUEST_TOKEN)?.url?.href).toBe(url),
  );

  it.each([
    'http://pipelines.actions.githubusercontent.com/idtoken',
    'http://127.0.0.1.example.org/idtoken',
    'ftp://127.0.0.1/idtoken',
    'file:///etc/passwd',
    'data:text/plain,x',
    '/idtoken',
  ])('sends no token if others can read it: %s', (url) => {
    expect(() => find(url, REQUEST_TOKEN)).toThrow(/is not an https URL, so the step requested no ID token/);
  });
});

/** Requests a token from an endpoint, like a job with the permission. */
async function requestIdToken(url: string, audience: string, route: IdTokenRoute): Promise<IdToken> {
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN };
  return findIdTokens(env)!.request(audience, route);
}

async function ask(
  handler: Handler,
  { query = '?api-version=2.0', audience = OWNER_MRN, timeout = 10_000 } = {},
) {
  const server = await startServer(handler);
  const retries: Retry[] = [];
  const result = requestIdToken(`${server.endpoint}${PATH}${query}`, audience, {
    proxy: undefined,
    deadline: new Deadline(timeout),
    onRetry: (retry) => retries.push(retry),
  });
  return { server, retries, result };
}

/**
 * Requests a token from a server that differs from GitHub, and returns the error after checking that it exposes no secret.
 */
async function failureOf(handler: Handler, timeout?: number) {
  const asked = await ask(handler, timeout === undefined ? {} : { timeout });
  const error = await rejectionOf(asked.result, CallError);
  expect(error.method).toBe('GitHub/IdToken');
  expectSilence(error, REQUEST_TOKEN, ID_TOKEN);
  return { ...asked, error };
}

// The delay before a retry is random, between 0 and 500 ms: here it is 0.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => vi.restoreAllMocks());

describe('request', () => {
  it('sends the request token to GitHub, and asks only for an ID token', async () => {
    const { server, result } = await ask(() => ({ count: 1, value: ID_TOKEN }));
    expect((await result).jwt).toBe(ID_TOKEN);
    expect(server.received).toHaveLength(1);
    const [{ method, path, headers, body }] = server.received as [(typeof server.received)[number]];
    expect(method).toBe('GET');
    expect(path).toBe(
      `${PATH}?api-version=2.0&audience=%2F%2Fcaptain.api.mondoo.app%2Fspaces%2Foracle-space`,
    );
    expect(body).toBe('');
    expect(headers).toMatchObject({
      authorization: `Bearer ${REQUEST_TOKEN}`,
      accept: 'application/json',
      'user-agent': expect.stringMatching(/^register-cnspec\/\d/),
    });
  });

  it('adds only the audience if the URL has no query', async () => {
    const { server, result } = await ask(() => ({ value: ID_TOKEN }), { query: '' });
    await result;
    expect(server.received[0]!.path).toBe(`${PATH}?audience=${encodeURIComponent(OWNER_MRN)}`);
  });

  it.each(['a&audience=b', 'a#b', 'a+b c', 'ü', '%2F', '//x/?y=z'])(
    'requests exactly this audience: %s',
    async (audience) => {
      const { server, result } = await ask(() => ({ value: ID_TOKEN }), { audience });
      await result;
      const { searchParams } = new URL(server.received[0]!.path, server.endpoint);
      expect([...searchParams]).toEqual([
        ['api-version', '2.0'],
        ['audience', audience],
      ]);
    },
  );

  it('reads the claims of the token, even if the action can’t verify them', async () => {
    const { result } = await ask(() => ({ value: ID_TOKEN }));
    expect(await result).toMatchObject({
      jwt: ID_TOKEN,
      claims: {
        issuer: ISSUER,
        audience: OWNER_MRN,
        subject: 'repo:acme/shop:ref:refs/heads/main',
        repository: 'acme/shop',
        ref: 'refs/heads/main',
        environment: '',
        job_workflow_ref: 'acme/shop/.github/workflows/scan.yml@refs/heads/main',
      },
    });
  });

  it.each([
    ['whose lifetime is over', { iat: 2000, exp: 2000 }, true],
    ['that was just issued, by any clock', { iat: 2000, exp: 2300 }, false],
    ['without times', {}, false],
    ['with times that are not numbers', { iat: 'now', exp: 'soon' }, false],
  ])('knows whether a token has expired: one %s', async (_, times, expired) => {
    const { result } = await ask(() => ({ value: jwt(times) }));
    expect((await result).hasExpired()).toBe(expired);
  });

  it('returns no claims for a token without any', async () => {
    const { result } = await ask(() => ({ value: jwt({ aud: OWNER_MRN }) }));
    expect((await result).claims).toMatchObject({ issuer: '', subject: '', ref: '' });
  });

  it.each([
    ['HTTP 503', (response: ServerResponse) => sendJson(response, 503, { message: 'busy' })],
    ['HTTP 429', (response: ServerResponse) => void response.writeHead(429).end()],
    ['HTTP 500', (response: ServerResponse) => void response.writeHead(500).end()],
    ['HTTP 500 with a code', (response: ServerResponse) => sendError(response, 500, 13, 'internal error')],
    ['HTTP 501', (response: ServerResponse) => void response.writeHead(501).end()],
    ['HTTP 502', (response: ServerResponse) => void response.writeHead(502).end('<html>')],
    ['a connection that breaks off', (response: ServerResponse) => void response.destroy()],
  ])('retries after %s, and logs it', async (_, failing) => {
    let asked = 0;
    const { server, result, retries } = await ask((_, response) =>
      asked++ === 0 ? failing(response) : { value: ID_TOKEN },
    );
    expect((await result).jwt).toBe(ID_TOKEN);
    expect(server.received).toHaveLength(2);
    expect(server.received[1]).toMatchObject({
      path: server.received[0]!.path,
      headers: { authorization: `Bearer ${REQUEST_TOKEN}` },
    });
    expect(retries.map(({ error }) => error.method)).toEqual(['GitHub/IdToken']);
  });

  it.each<[string, (response: ServerResponse) => unknown, string]>([
    [
      'HTTP 401',
      (response) => sendJson(response, 401, { message: 'no', typeKey: 'UnauthorizedRequest' }),
      'the response (HTTP status 401) is JSON of an unexpected shape',
    ],
    [
      'HTTP 403 without a body',
      (response) => void response.writeHead(403).end(),
      'the response (HTTP status 403) is empty',
    ],
    [
      'an error with a code',
      (response) => sendError(response, 401, 16, 'not you'),
      'rpc error: code = Unauthenticated desc = not you',
    ],
    [
      'a web page that quotes the request',
      (response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>Bearer ${REQUEST_TOKEN}`),
      'the response (HTTP status 200) is a web page (HTML), probably from a proxy or a firewall',
    ],
    [
      'text',
      (response) => void response.end(`value: ${ID_TOKEN}`),
      'the response (HTTP status 200) is not JSON',
    ],
    [
      'a truncated response',
      (response) => void response.end(`{"value": "${ID_TOKEN}`),
      'the response (HTTP status 200) is not JSON',
    ],
    [
      'a list',
      (response) => sendJson(response, 200, [ID_TOKEN]),
      'the response (HTTP status 200) is JSON of an unexpected shape',
    ],
    ['no value', () => ({ count: 0 }), 'the response (HTTP status 200) holds no ID token'],
    ['an empty value', () => ({ value: '' }), 'the response (HTTP status 200) holds no ID token'],
    [
      'a value that is not text',
      () => ({ value: [ID_TOKEN] }),
      'the response (HTTP status 200) holds no ID token',
    ],
    [
      'a value that is not a JWT',
      () => ({ value: `${ID_TOKEN}.more` }),
      'the response (HTTP status 200) holds no ID token',
    ],
    [
      'a value without claims',
      () => ({ value: ID_TOKEN.replace(/\..*\./, '.bm8gSlNPTg.') }),
      'the response (HTTP status 200) holds no ID token',
    ],
  ])('fails at once, without printing either token, for %s', async (_, respond, message) => {
    const { server, error, retries } = await failureOf((_, response) => respond(response));
    expect(error.message).toBe(message);
    expect(server.received).toHaveLength(1);
    expect(retries).toEqual([]);
  });

  it.each([12, null, ['x'], {}])('reads no issuer from %j', async (iss) => {
    const { result } = await ask(() => ({ value: jwt({ iss, sub: iss, ref: iss }) }));
    expect((await result).claims).toMatchObject({ issuer: '', subject: '', ref: '' });
  });

  it('adds the audience even if the URL has a fragment', async () => {
    const { server, result } = await ask(() => ({ value: ID_TOKEN }), { query: '?a=1#b' });
    await result;
    expect(server.received[0]!.path).toBe(`${PATH}?a=1&audience=${encodeURIComponent(OWNER_MRN)}`);
  });

  it('does not follow redirects', async () => {
    const elsewhere = await startServer(() => ({ value: ID_TOKEN }));
    const { error } = await failureOf((_, response) => {
      response.writeHead(302, { location: `${elsewhere.endpoint}/${REQUEST_TOKEN}` }).end();
    });
    expect(error.message).toBe('the response (HTTP status 302) is a redirect, which is never followed');
    expect(elsewhere.received).toEqual([]);
  });

  it('waits for a response only until the deadline', async () => {
    const startedAt = Date.now();
    const { error } = await failureOf(() => undefined, 300);
    expect(Date.now() - startedAt).toBeLessThan(2000);
    expect(error.failure).toMatchObject({ kind: 'connection', phase: 'headers' });
    expect(error.message).toMatch(/^connected, but no response within [\d.]+m?s$/);
  });

  it('reports that nothing listens', async () => {
    const url = new URL(`${await deadEndpoint()}${PATH}`);
    const route = { proxy: undefined, deadline: new Deadline(200), onRetry: () => {} };
    const error = await requestIdToken(url.href, OWNER_MRN, route).catch((error) => error);
    expect(error).toBeInstanceOf(CallError);
    expect(error.message).toBe(`${url.host} refuses connections (ECONNREFUSED)`);
  });

  it('leaves no connection open', async () => {
    let open = 0;
    const { result } = await ask((_, response) => {
      open++;
      response.socket!.on('close', () => open--);
      return { value: ID_TOKEN };
    });
    await result;
    await vi.waitFor(() => expect(open).toBe(0), 1000);
  });
});

it('returns an ID token, or an error of one line without a token, for any response', async () => {
  let next = { status: 200, body: '' };
  const server = await startServer((_, response) => void response.writeHead(next.status).end(next.body));
  const url = new URL(server.endpoint);
  const claim = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }));
  const claims = fc.dictionary(fc.constantFrom('iss', 'sub', 'repository', 'ref', 'aud'), claim);
  const value = fc.oneof(
    fc.jsonValue(),
    claims.map(jwt),
    fc
      .array(fc.oneof(fc.base64String(), fc.constantFrom('.', ...ID_TOKEN.split('.'))))
      .map((parts) => parts.join('')),
  );
  const body = fc.oneof(
    fc.record({ count: fc.constant(1), value }).map((json) => JSON.stringify(json)),
    fc.string().map((text) => `${text}${REQUEST_TOKEN}`),
    fc.string().map((text) => JSON.stringify({ code: 7, message: `${text}${REQUEST_TOKEN}` })),
    fc.json(),
  );
  const outcomes = { token: 0, refused: 0 };
  await fc.assert(
    // Retried failures have their own tests.
    fc.asyncProperty(body, fc.constantFrom(200, 201, 302, 400, 401, 403, 404), async (body, status) => {
      next = { status, body };
      const route = { proxy: undefined, deadline: new Deadline(60_000), onRetry: () => {} };
      try {
        const token = await requestIdToken(url.href, OWNER_MRN, route);
        expect(Object.values(token.claims).every((claim) => typeof claim === 'string')).toBe(true);
        outcomes.token++;
      } catch (error) {
        expect(error).toBeInstanceOf(CallError);
        expect((error as CallError).message).toMatch(/^[^\p{Cc}]+$/u);
        expectSilence(
          error as CallError,
          ...REQUEST_TOKEN.split('.').slice(1),
          ...ID_TOKEN.split('.').slice(1),
        );
        outcomes.refused++;
      }
    }),
    // Random data alone rarely makes a valid response.
    { examples: [[JSON.stringify({ value: ID_TOKEN }), 200]] },
  );
  expect(outcomes.token).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});
