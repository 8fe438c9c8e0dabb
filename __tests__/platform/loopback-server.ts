import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { findClosedPort } from '../../simulator/closed-port.ts';
import { PlatformClient } from '../../src/platform/client.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import type { Retry } from '../../src/platform/retry.ts';
import { Transport } from '../../src/platform/transport.ts';

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Responds to a request; a returned value is sent as JSON, unless the handler has responded itself. */
export type Handler = (request: Received, response: ServerResponse) => unknown;

/** A server on loopback for one test, with the received requests. */
export interface LoopbackServer {
  endpoint: string;
  received: Received[];
  connections(): number;
}

export async function startServer(handler: Handler): Promise<LoopbackServer> {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request: Received = {
      method: incoming.method!,
      path: incoming.url!,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    received.push(request);
    const json = await handler(request, response);
    if (json !== undefined) sendJson(response, 200, json);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, received, connections: () => connections };
}

export function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

/** Responds with an error in the platform's format. */
export function sendError(response: ServerResponse, status: number, code: number, message: string): void {
  sendJson(response, status, { code, message });
}

/** Opens a transport that closes after the test. */
export function openTransport(): Transport {
  const transport = new Transport();
  onTestFinished(() => transport[Symbol.dispose]());
  return transport;
}

/** Opens a client that closes after the test, and records the retries. */
export function openClient(endpoint: string, timeout = 10_000): PlatformClient & { retries: Retry[] } {
  const deadline = new Deadline(timeout);
  const retries: Retry[] = [];
  const client = new PlatformClient({ endpoint, deadline, onRetry: (retry) => retries.push(retry) });
  onTestFinished(() => client[Symbol.dispose]());
  return Object.assign(client, { retries });
}

export async function deadEndpoint(): Promise<string> {
  return `http://127.0.0.1:${await findClosedPort()}`;
}
