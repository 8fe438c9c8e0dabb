import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { USER_AGENT } from '../../src/platform/agent-info.ts';
import { CallError } from '../../src/platform/call-error.ts';
import type { PlatformClient } from '../../src/platform/client.ts';
import { rejectionOf } from '../rejection.ts';
import {
  deadEndpoint,
  type Handler,
  type LoopbackServer,
  openClient,
  sendError,
  startServer,
} from './loopback-server.ts';

/** A method that is never retried: retries have their own tests. */
const METHOD = 'Greeter/Greet';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

async function serve(handler: Handler): Promise<{ server: LoopbackServer; client: PlatformClient }> {
  const server = await startServer(handler);
  return { server, client: openClient(server.endpoint) };
}

async function failureOf(call: Promise<unknown>): Promise<CallError> {
  return rejectionOf(call, CallError);
}

describe('a call', () => {
  it('posts JSON to the method below the endpoint', async () => {
    const { server, client } = await serve(() => ({ status: 'SERVING' }));
    const { value, sentAt, receivedAt } = await client.call(METHOD, '{"a":1}');
    expect(value).toEqual({ status: 'SERVING' });
    expect(receivedAt).toBeGreaterThanOrEqual(sentAt);
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', path: `/${METHOD}`, body: '{"a":1}' });
    expect(request!.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': USER_AGENT,
    });
    expect(request!.headers).not.toHaveProperty('authorization');
  });

  it('keeps the path of the endpoint', async () => {
    const server = await startServer(() => ({}));
    await openClient(`${server.endpoint}/api/v1`).call(METHOD, '{}');
    expect(server.received[0]!.path).toBe(`/api/v1/${METHOD}`);
  });

  it('sends the request token as Bearer', async () => {
    const { server, client } = await serve(() => ({}));
    await client.call(METHOD, '{}', () => 'a.b.c');
    expect(server.received[0]!.headers.authorization).toBe('Bearer a.b.c');
  });

  it('has its own request id, which its error contains', async () => {
    const { server, client } = await serve((_, response) => sendError(response, 401, 16, 'no'));
    const first = await failureOf(client.call(METHOD, '{}'));
    const second = await failureOf(client.call(METHOD, '{}'));
    expect([first.requestId, second.requestId]).toEqual(
      server.received.map(({ headers }) => headers['x-request-id']),
    );
    expect(first.requestId).toMatch(UUID);
    expect(second.requestId).not.toBe(first.requestId);
  });
});

describe('an error response of the platform', () => {
  it.each([
    [401, 16, 'request permission unauthenticated', 'Unauthenticated'],
    [403, 7, 'request permission denied', 'PermissionDenied'],
    [409, 10, 'concurrent changes', 'Aborted'],
    [409, 6, 'there is one', 'AlreadyExists'],
    [500, 2, 'proto: invalid value', 'Unknown'],
  ])('is reported with its code: HTTP %i, %i', async (httpStatus, code, message, name) => {
    const { client } = await serve((_, response) => sendError(response, httpStatus, code, message));
    const error = await failureOf(client.call(METHOD, '{}'));
    expect(error.failure).toMatchObject({ kind: 'rpc', status: { code, message } });
    expect(error.message).toBe(`rpc error: code = ${name} desc = ${message}`);
    expect(error.method).toBe(METHOD);
  });
});

describe('a response that is not from the platform', () => {
  it.each([
    [200, 'text/html', '<html>', 'is a web page (HTML), probably from a proxy or a firewall'],
    [
      502,
      'text/html; charset=utf-8',
      'Bad gateway',
      'is a web page (HTML), probably from a proxy or a firewall',
    ],
    [503, 'text/plain', '  \n<!DOCTYPE html>', 'is a web page (HTML), probably from a proxy or a firewall'],
    [200, 'application/json', '', 'is empty'],
    [401, 'application/json', '', 'is empty'],
    [301, 'text/html', '<a href="/login">', 'is a redirect, which is never followed'],
    [307, 'application/json', '{"code":16}', null],
    [200, 'application/json', '[]', 'is JSON of an unexpected shape'],
    [200, 'application/json', 'null', 'is JSON of an unexpected shape'],
    [200, 'application/json', '"SERVING"', 'is JSON of an unexpected shape'],
    [500, 'application/json', '{"error":"x"}', 'is JSON of an unexpected shape'],
    [200, 'application/json', '{"status":"SERV', 'is not JSON'],
    [200, 'application/octet-stream', '\u0008\u0001', 'is not JSON'],
  ])('is described: HTTP %i, %s, %j', async (httpStatus, contentType, body, problem) => {
    const { client } = await serve((_, response) => {
      response.writeHead(httpStatus, { 'content-type': contentType, location: '/login' }).end(body);
    });
    const error = await failureOf(client.call(METHOD, '{}'));
    if (problem === null) expect(error.code).toBe(16);
    else expect(error.failure).toEqual({ kind: 'response', httpStatus, problem });
  });

  it('is rejected by the caller if the object lacks a required field', async () => {
    const { client } = await serve(() => ({}));
    const { malformed } = await client.call(METHOD, '{}');
    const error = malformed('has no status');
    expect(error.message).toBe('the response (HTTP status 200) has no status');
    expect(error.requestId).toMatch(UUID);
  });

  it('does not redirect the call', async () => {
    const elsewhere = await startServer(() => ({}));
    const { server, client } = await serve((_, response) => {
      response.writeHead(307, { location: `${elsewhere.endpoint}/stolen` }).end();
    });
    await failureOf(client.call(METHOD, '{}', () => 'a.b.c'));
    expect(server.received).toHaveLength(1);
    expect(elsewhere.received).toEqual([]);
  });
});

describe('a call without a response', () => {
  it('reports how far it got', async () => {
    const error = await failureOf(openClient(await deadEndpoint()).call(METHOD, '{}'));
    expect(error.failure).toMatchObject({ kind: 'connection', phase: 'connect' });
    expect(error.message).toMatch(/refuses connections \(ECONNREFUSED\)/);
    expect(error.mayHaveTakenEffect).toBe(false);
  });

  it('never exposes the request token', async () => {
    const { client } = await serve((request, response) => {
      response.writeHead(500).end(request.headers.authorization);
    });
    const error = await failureOf(client.call(METHOD, '{}', () => 'very.secret.token'));
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain('secret');
  });
});

it('returns a response or throws a CallError, for any response', async () => {
  let next = { status: 200, body: Buffer.alloc(0) };
  const server = await startServer((_, response) => void response.writeHead(next.status).end(next.body));
  const client = openClient(server.endpoint, 3_600_000);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
    fc.json().map((json) => Buffer.from(json)),
    fc
      .record({ code: fc.integer(), message: fc.string({ unit: 'binary' }) })
      .map((body) => Buffer.from(JSON.stringify(body))),
    fc
      .constantFrom('['.repeat(60_000), '{"a":'.repeat(20_000), '1e999999', '{"__proto__":{"code":16}}')
      .map(Buffer.from),
  );
  await fc.assert(
    fc.asyncProperty(
      bytes,
      fc.constantFrom(200, 201, 299, 300, 304, 400, 401, 403, 409, 500, 503),
      async (body, status) => {
        next = { status, body };
        try {
          const { value } = await client.call(METHOD, '{}');
          expect(value).toBeTypeOf('object');
          expect(status).toBeLessThan(300);
        } catch (error) {
          expect(error).toBeInstanceOf(CallError);
          expect((error as Error).message).not.toMatch(/[\r\n]/);
        }
      },
    ),
  );
});
