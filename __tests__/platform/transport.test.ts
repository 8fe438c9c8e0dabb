import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Phase } from '../../src/platform/call-error.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { Transport } from '../../src/platform/transport.ts';
import { HttpError } from '../../src/platform/transport-error.ts';
import { CERTIFICATE_PEM, KEY_PEM } from '../fixtures.ts';
import { rejectionOf } from '../rejection.ts';
import { deadEndpoint, openTransport, startServer } from './loopback-server.ts';

const MAX_RESPONSE_BYTES = 1024 * 1024;

interface PostOptions {
  headers?: Record<string, string>;
  body?: string;
  /** In milliseconds. */
  timeout?: number;
}

function post(
  http: Transport,
  url: URL | string,
  { headers = {}, body = '{}', timeout = 10_000 }: PostOptions = {},
) {
  const { signal } = new Deadline(timeout);
  return http.send({ method: 'POST', url: new URL(url), headers, body, signal });
}

async function failureOf(
  request: Promise<unknown>,
): Promise<{ phase: Phase; message: string; permanent: boolean }> {
  return rejectionOf(request, HttpError);
}

/** A TCP server: the test decides what it does with each connection. */
async function startTcpServer(onConnection: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
}

describe('a request with a response', () => {
  it('is a POST of exactly these bytes, with these headers', async () => {
    const server = await startServer(() => ({}));
    await post(openTransport(), new URL(`${server.endpoint}/api/Health/Check`), {
      headers: { 'x-request-id': 'r1' },
      body: '{"ü":1}',
    });
    expect(server.received).toEqual([
      expect.objectContaining({ method: 'POST', path: '/api/Health/Check', body: '{"ü":1}' }),
    ]);
    expect(server.received[0]!.headers).toMatchObject({ 'x-request-id': 'r1', 'content-length': '8' });
  });

  it.each([200, 201, 302, 401, 500])('returns the whole response at status %i', async (status) => {
    const server = await startServer((_, response) => {
      response.writeHead(status, { 'Content-Type': 'text/plain', location: '/elsewhere' });
      response.write('first, ');
      setTimeout(() => response.end('second'), 20);
    });
    const response = await post(openTransport(), new URL(server.endpoint));
    expect(response).toMatchObject({ status, headers: { 'content-type': 'text/plain' } });
    expect(response.body.toString()).toBe('first, second');
    expect(server.received).toHaveLength(1);
  });

  it('returns the header Retry-After unchanged, or undefined', async () => {
    const server = await startServer(({ path }, response) => {
      response.writeHead(503, path === '/now' ? {} : { 'Retry-After': ' 120' }).end();
    });
    const http = openTransport();
    expect((await post(http, new URL(`${server.endpoint}/later`))).headers['retry-after']).toBe('120');
    expect((await post(http, new URL(`${server.endpoint}/now`))).headers['retry-after']).toBeUndefined();
  });

  it('ignores early hints before the response', async () => {
    const server = await startServer((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      setTimeout(() => response.writeHead(200, { 'content-type': 'text/plain' }).end('done'), 20);
    });
    const response = await post(openTransport(), new URL(server.endpoint));
    expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain' } });
  });

  it('reports the times at both ends of the round trip, without connecting and reading the body', async () => {
    const server = await startServer((_, response) => {
      setTimeout(() => response.writeHead(200).write('{'), 60);
      setTimeout(() => response.end('}'), 260);
    });
    const before = Date.now();
    const { sentAt, receivedAt } = await post(openTransport(), new URL(server.endpoint));
    expect(sentAt).toBeGreaterThanOrEqual(before);
    expect(receivedAt - sentAt).toBeGreaterThanOrEqual(50);
    expect(Date.now() - receivedAt).toBeGreaterThanOrEqual(150);
  });

  it('keeps its connection open for the next one', async () => {
    const server = await startServer(() => ({}));
    const http = openTransport();
    for (let i = 0; i < 6; i++) await post(http, new URL(server.endpoint));
    expect(server.connections()).toBeLessThan(6);
  });

  it('may have a response as large as the limit', async () => {
    const server = await startServer(
      (_, response) => void response.end(Buffer.alloc(MAX_RESPONSE_BYTES, 'x')),
    );
    const { body } = await post(openTransport(), new URL(server.endpoint));
    expect(body.length).toBe(MAX_RESPONSE_BYTES);
  });
});

describe('a request without a complete response', () => {
  it('reports that nothing listens', async () => {
    const endpoint = new URL(await deadEndpoint());
    const { phase, message, permanent } = await failureOf(post(openTransport(), endpoint));
    expect(phase).toBe('connect');
    expect(permanent).toBe(false);
    expect(message).toBe(`${endpoint.host} refuses connections (ECONNREFUSED)`);
  });

  it('reports that a name cannot be resolved', async () => {
    const { phase, message } = await failureOf(post(openTransport(), new URL('http://nowhere.invalid/x')));
    expect(phase).toBe('connect');
    expect(message).toMatch(/^the name of nowhere\.invalid cannot be resolved/);
  });

  it.each([
    ['with Content-Length', { 'content-length': String(MAX_RESPONSE_BYTES + 1) }],
    ['in chunks', {}],
  ])('reports that the response is too large, %s', async (_, headers) => {
    const server = await startServer((_, response) => {
      response.on('error', () => {});
      response.writeHead(200, headers).end(Buffer.alloc(MAX_RESPONSE_BYTES + 1, 'x'));
    });
    const { message, permanent } = await failureOf(post(openTransport(), new URL(server.endpoint)));
    expect(message).toMatch(/the response is larger than 1 MiB/);
    expect(permanent).toBe(true);
  });

  it.each([
    ['before the response', '', 'headers', /was lost before a response arrived/],
    [
      'in the middle of the response',
      'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"cut',
      'body',
      /was lost in the middle of the response/,
    ],
    [
      'with something that is not HTTP',
      'SSH-2.0-OpenSSH_9.2\r\n\r\n',
      'headers',
      /was lost before a response arrived/,
    ],
  ])('reports that the connection broke off %s', async (_, text, phase, message) => {
    const url = await startTcpServer((socket) => void socket.once('data', () => socket.end(text)));
    const failure = await failureOf(
      post(openTransport(), url, { headers: { authorization: 'Bearer s3cret-token' }, body: 's3cret-body' }),
    );
    expect(failure.phase).toBe(phase);
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain(url.host);
    expect(failure.message).not.toContain('s3cret');
  });

  it.each([
    ['no response', () => {}, 'headers', /^connected, but no response within \d/],
    [
      'no end of the response',
      (socket: Socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n{')),
      'body',
      /^the response began but did not end within \d/,
    ],
  ])('ends at the deadline: %s', async (_, onConnection, phase, message) => {
    const url = await startTcpServer(onConnection);
    const startedAt = Date.now();
    const failure = await failureOf(post(openTransport(), url, { timeout: 150 }));
    expect(Date.now() - startedAt).toBeLessThan(3000);
    expect(failure).toMatchObject({ phase, message: expect.stringMatching(message) });
  });

  it('ends at the deadline even while a response keeps arriving slowly', async () => {
    const server = await startServer((_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const { phase } = await failureOf(post(openTransport(), server.endpoint, { timeout: 200 }));
    expect(phase).toBe('body');
  });

  it('is not sent after the deadline', async () => {
    const server = await startServer(() => ({}));
    const request = { method: 'POST', url: new URL(server.endpoint), signal: AbortSignal.abort() } as const;
    const { phase, message } = await failureOf(openTransport().send(request));
    expect(phase).toBe('connect');
    expect(message).toMatch(/^no connection within /);
    expect(server.received).toEqual([]);
  });

  it('ends if no connection is established within the connect timeout', async () => {
    let opened = 0;
    // It accepts the connection, and never responds to the TLS handshake.
    const url = await startTcpServer(() => opened++);
    const http = new Transport({ connectTimeout: 500 });
    onTestFinished(() => http[Symbol.dispose]());
    const { phase, message } = await failureOf(post(http, `https://127.0.0.1:${url.port}`));
    expect(phase).toBe('connect');
    expect(message).toMatch(/^no connection within \d/);
    await vi.waitFor(() => expect(opened).toBe(1));
  });

  it('may take longer than the connect timeout once connected', async () => {
    const server = await startServer((_, response) => void setTimeout(() => response.end('{}'), 400));
    const http = new Transport({ connectTimeout: 150 });
    onTestFinished(() => http[Symbol.dispose]());
    expect(await post(http, server.endpoint)).toMatchObject({ status: 200 });
  });

  it('ends when all connections are closed', async () => {
    const http = openTransport();
    const server = await startServer(() => void http[Symbol.dispose]());
    await failureOf(post(http, new URL(server.endpoint)));
  });
});

describe('TLS', () => {
  async function startTls(): Promise<URL> {
    const server = createTlsServer({ key: KEY_PEM, cert: CERTIFICATE_PEM }, (_, response) =>
      response.end('{}'),
    );
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
  }

  it('rejects a certificate of an unknown CA before anything is sent', async () => {
    const { phase, message, permanent } = await failureOf(post(openTransport(), await startTls()));
    expect(phase).toBe('connect');
    expect(permanent).toBe(true);
    expect(message).toMatch(
      /^the TLS certificate of 127\.0\.0\.1:\d+ is self-signed.*DEPTH_ZERO_SELF_SIGNED_CERT/,
    );
  });

  it('rejects it even if the environment disables verification', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { message } = await failureOf(post(openTransport(), await startTls()));
    expect(message).toMatch(/is self-signed/);
  });

  it('reports that a server does not use TLS', async () => {
    const url = await startTcpServer(
      (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
    );
    const { phase, message, permanent } = await failureOf(
      post(openTransport(), new URL(`https://${url.host}/x`)),
    );
    expect(phase).toBe('connect');
    expect(permanent).toBe(true);
    expect(message).toMatch(/does not speak TLS/);
  });
});
