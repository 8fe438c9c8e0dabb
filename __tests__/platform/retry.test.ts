import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../src/platform/call-error.ts';
import { PlatformClient } from '../../src/platform/client.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { deadEndpoint, openClient, sendError, sendJson, startServer } from './loopback-server.ts';

const REPEATABLE = [
  'Health/Check',
  'AgentManager/PingPong',
  'AgentManager/UnRegisterAgent',
  'SecureTokenService/ExchangeExternalToken',
];
const REGISTER = 'AgentManager/RegisterAgent';

type Failing = (response: ServerResponse) => unknown;

const code =
  (httpStatus: number, rpcCode: number, retryAfter?: string): Failing =>
  (response) => {
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    sendError(response, httpStatus, rpcCode, 'not now');
  };

const status =
  (httpStatus: number, retryAfter?: string): Failing =>
  (response) => {
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    response.writeHead(httpStatus, { 'content-type': 'text/html' }).end('<html>');
  };

const cut: Failing = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{');
  setTimeout(() => response.destroy(), 10);
};

const hangUp: Failing = (response) => void response.destroy();

/** Calls a method of a platform that fails this many times before it responds. */
async function callFailing(method: string, failing: Failing, { times = 1, timeout = 5000 } = {}) {
  const server = await startServer((_, response) =>
    server.received.length <= times ? failing(response) : {},
  );
  const client = openClient(server.endpoint, timeout);
  let signed = 0;
  const result = await client
    .call(method, '{}', () => `token-${++signed}`)
    .then(
      () => 'done' as const,
      (error) => error as CallError,
    );
  return { result, requests: server.received, retries: client.retries };
}

// The delay before a retry is random, between 0 and 500 ms: here it is 0.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => vi.restoreAllMocks());

describe.each(REPEATABLE)('%s, which may be repeated,', (method) => {
  it.each<[string, Failing]>([
    ['Aborted', code(409, 10)],
    ['Unavailable', code(503, 14)],
    ['DeadlineExceeded', code(504, 4)],
    ['ResourceExhausted', code(429, 8)],
    ['HTTP 429', status(429)],
    ['HTTP 502', status(502)],
    ['HTTP 503', status(503)],
    ['HTTP 504', status(504)],
    ['a connection that breaks off before the response', hangUp],
    ['a connection that breaks off in the middle of the response', cut],
  ])('is retried after %s', async (_, failing) => {
    const { result, requests } = await callFailing(method, failing);
    expect(result).toBe('done');
    expect(requests).toHaveLength(2);
  });

  it.each<[string, Failing]>([
    ['Unauthenticated', code(401, 16)],
    ['PermissionDenied', code(403, 7)],
    ['InvalidArgument', code(400, 3)],
    ['NotFound', code(404, 5)],
    ['Internal', code(500, 13)],
    ['Unknown', code(500, 2)],
    ['HTTP 500', status(500)],
    ['HTTP 403', status(403)],
    ['a redirect', status(302)],
    ['a web page', status(200)],
  ])('is not retried after %s', async (_, failing) => {
    const { result, requests, retries } = await callFailing(method, failing);
    expect(result).toBeInstanceOf(CallError);
    expect(requests).toHaveLength(1);
    expect(retries).toEqual([]);
  });
});

describe('RegisterAgent, which may create a client each time it arrives,', () => {
  it.each<[string, Failing]>([
    ['Aborted', code(409, 10)],
    ['ResourceExhausted with a Retry-After', code(429, 8, '0')],
    ['HTTP 429', status(429)],
    ['HTTP 503', status(503)],
  ])('is retried after %s, because the platform did nothing', async (_, failing) => {
    const { result, requests } = await callFailing(REGISTER, failing);
    expect(result).toBe('done');
    expect(requests).toHaveLength(2);
  });

  it.each<[string, Failing]>([
    ['ResourceExhausted, a limit of the space', code(429, 8)],
    ['Unavailable', code(503, 14)],
    ['DeadlineExceeded', code(504, 4)],
    ['Unauthenticated', code(401, 16)],
    ['NotFound', code(404, 5)],
    ['AlreadyExists', code(409, 6)],
    ['HTTP 502', status(502)],
    ['HTTP 504', status(504)],
    ['a connection that breaks off before the response', hangUp],
    ['a connection that breaks off in the middle of the response', cut],
    ['a response that is not JSON', status(200)],
  ])('is not retried after %s', async (_, failing) => {
    const { result, requests } = await callFailing(REGISTER, failing);
    expect(result).toBeInstanceOf(CallError);
    expect(requests).toHaveLength(1);
  });

  it('is retried if nothing listens, because no request was sent', async () => {
    const client = openClient(await deadEndpoint(), 300);
    await expect(client.call(REGISTER, '{}')).rejects.toMatchObject({ failure: { phase: 'connect' } });
    expect(client.retries.length).toBeGreaterThan(0);
  });
});

describe('a method without a retry rule', () => {
  it('is never retried', async () => {
    const { requests } = await callFailing('AgentManager/Unheard', code(503, 14));
    expect(requests).toHaveLength(1);
  });
});

describe('each attempt', () => {
  it('has its own token and request id', async () => {
    const { result, requests } = await callFailing('AgentManager/PingPong', code(503, 14), { times: 3 });
    expect(result).toBe('done');
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(
      ['token-1', 'token-2', 'token-3', 'token-4'].map((token) => `Bearer ${token}`),
    );
    expect(new Set(requests.map(({ headers }) => headers['x-request-id'])).size).toBe(4);
  });

  it('is announced with the previous failure, in order', async () => {
    const { retries } = await callFailing('Health/Check', code(503, 14), { times: 3 });
    expect(retries.map(({ failed }) => failed)).toEqual([1, 2, 3].map((n) => expect.toBeOneOf([n, n - 1])));
    for (const { error } of retries) expect(error).toMatchObject({ code: 14, method: 'Health/Check' });
  });
});

describe('the delay before a retry', () => {
  it('is at most half a second at first, and at most doubles', async () => {
    vi.mocked(Math.random).mockReturnValue(0.999);
    const { retries, result } = await callFailing('Health/Check', code(503, 14), {
      times: 99,
      timeout: 1800,
    });
    expect(result).toMatchObject({ code: 14 });
    const delays = retries.map(({ delay }) => delay);
    expect(delays.length).toBeGreaterThanOrEqual(1);
    for (const [at, delay] of delays.entries()) expect(delay).toBeLessThanOrEqual(500 * 2 ** at);
    expect(delays[0]).toBeGreaterThan(300);
  });

  it('is never shorter than Retry-After', async () => {
    const startedAt = Date.now();
    const { retries } = await callFailing('Health/Check', code(503, 14, '1'));
    expect(retries[0]!.delay).toBeGreaterThanOrEqual(1000);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it.each(['60', new Date(Date.now() + 60_000).toUTCString()])(
    'is skipped if it exceeds the remaining time: Retry-After %s',
    async (retryAfter) => {
      const startedAt = Date.now();
      const { result, requests, retries } = await callFailing('Health/Check', code(503, 14, retryAfter));
      expect(result).toMatchObject({ code: 14 });
      expect(requests).toHaveLength(1);
      expect(retries).toEqual([]);
      expect(Date.now() - startedAt).toBeLessThan(1000);
    },
  );

  it.each(['soon', '', '-5', new Date(0).toUTCString()])(
    'is not extended by a Retry-After of %j',
    async (retryAfter) => {
      const { result, retries } = await callFailing('Health/Check', code(503, 14, retryAfter));
      expect(result).toBe('done');
      expect(retries[0]!.delay).toBeLessThanOrEqual(500);
    },
  );
});

it('ends with the last error at the deadline, and leaves no request open', async () => {
  vi.mocked(Math.random).mockReturnValue(0.2);
  const server = await startServer((_, response) => sendJson(response, 503, { code: 14, message: 'busy' }));
  const startedAt = Date.now();
  await expect(openClient(server.endpoint, 400).call('Health/Check', '{}')).rejects.toMatchObject({
    code: 14,
  });
  expect(Date.now() - startedAt).toBeLessThan(1500);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
  // On a busy machine, a request that was sent just before the deadline arrives later.
  await pause();
  const { length } = server.received;
  await pause();
  expect(server.received).toHaveLength(length);
});

describe('a deadline that was aborted early', () => {
  it('allows no more attempts or calls', async () => {
    const server = await startServer((_, response) => sendError(response, 409, 10, 'not now'));
    const closing = new AbortController();
    const deadline = new Deadline(5000, closing.signal);
    const options = {
      endpoint: server.endpoint,
      deadline,
      onRetry: () => closing.abort(),
    };
    using client = new PlatformClient(options);
    await expect(client.call('Health/Check', '{}')).rejects.toThrow('code = Aborted desc = not now');
    await expect(client.call('Health/Check', '{}')).rejects.toThrow('no connection within');
    expect(server.received).toHaveLength(1);
  });
});
