import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { AccountOptions, Credentials } from './accounts.ts';
import { errorAnswer, valueAnswer } from './answer.ts';
import type { ServerIdentity } from './authority.ts';
import { deliver, type Exchange } from './delivery.ts';
import { type Fault, FaultPlan, type FaultSource } from './faults.ts';
import type { Reason, Role } from './request-guard.ts';
import { type Client, type Health, type Method, Service } from './service.ts';

export type { Credentials } from './accounts.ts';
export type { Fault } from './faults.ts';
export type { Client, Health, Method } from './service.ts';

/** A request that arrived, and how it was answered. */
export interface RecordedRequest {
  /** `AgentManager/PingPong`; where it was no POST, the verb stands before it. */
  method: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** By the true clock. */
  at: Date;
  /** The mrn of the service account that proved itself. */
  serviceAccount: string | undefined;
  /** The HTTP status of the answer, once there is one. */
  status: number | undefined;
  /** The gRPC code of the answer, 0 where it is no error; nothing where it was not the platform that answered. */
  code: number | undefined;
  /** Why the guard refused it. */
  refusal: Reason | undefined;
}

/** A Mondoo Platform on loopback. */
export interface Platform {
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>` where it speaks TLS. */
  readonly endpoint: string;
  /** What the platform's clock is ahead of the true one. May be set at any time, as `health` may. */
  readonly clock: { offsetMs: number };
  readonly health: Health;
  readonly clients: readonly Client[];
  /** Everything that arrived, in its order. */
  readonly requests: readonly RecordedRequest[];
  /** What arrived for no method of the platform. */
  readonly unexpected: readonly RecordedRequest[];
  /** Makes a service account that is known here and has this endpoint. */
  mint(options?: AccountOptions & { role?: Role }): Promise<Credentials>;
  /** Makes the platform forget a service account. */
  revoke(mrn: string): void;
  /** Counts the requests to a method, answered or not. */
  count(method: Method): number;
  /**
   * Lets the next requests to a method go wrong, in place of what was planned for it before.
   * A list is used up one by one, and an empty one makes the method well again; a function is asked each time.
   * @param times how many requests meet a single fault; all of them when it is left out
   */
  fault(method: Method, fault: Fault | Fault[] | FaultSource, times?: number): void;
  /** Ends the platform and every connection to it. */
  close(): Promise<void>;
}

/** How a platform differs from one that speaks plain HTTP. */
export interface PlatformOptions {
  /** Makes it speak TLS. */
  tls?: ServerIdentity;
}

/** Starts a platform on a free port of the loopback interface. */
export async function startPlatform({ tls }: PlatformOptions = {}): Promise<Platform> {
  const service = new Service();
  const faults = new FaultPlan();
  const requests: RecordedRequest[] = [];
  const unexpected: RecordedRequest[] = [];
  const closing = new AbortController();

  const take = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error) => {
      // The client has gone, or the platform ends. Anything else is a mistake in here, and must not pass for a fault.
      if (!closing.signal.aborted && !request.socket.destroyed) throw error;
    });
  };
  const server = tls ? createTlsServer(tls, take) : createServer(take);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.slice(1) ?? '';
    const method = request.method === 'POST' ? path : `${request.method} ${path}`;
    const body = await buffer(request);
    const record: RecordedRequest = {
      method,
      headers: request.headers,
      body: body.toString('utf8'),
      at: new Date(),
      serviceAccount: undefined,
      status: undefined,
      code: undefined,
      refusal: undefined,
    };
    requests.push(record);
    if (!service.has(method)) unexpected.push(record);

    const { authorization, 'content-type': contentType } = request.headers;
    const exchange: Exchange = {
      act: () => {
        const { result, serviceAccount, refusal } = service.call({
          method,
          authorization,
          contentType,
          body,
        });
        record.serviceAccount = serviceAccount;
        record.refusal = refusal;
        return 'error' in result ? errorAnswer(result.error) : valueAnswer(result.value);
      },
      start: ({ status, headers, body, code }) => {
        record.status = status;
        record.code = code;
        return response.writeHead(status, { 'content-length': body.length, ...headers });
      },
      socket: request.socket,
      closing: closing.signal,
    };
    await deliver(exchange, faults.next(method));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;

  return {
    endpoint,
    clock: service.clock,
    health: service.health,
    clients: service.clients,
    requests,
    unexpected,
    mint: (options) => service.mint({ endpoint, ...options }),
    revoke: (mrn) => service.revoke(mrn),
    count: (method) => requests.filter((request) => request.method === method).length,
    fault: (method, fault, times) => faults.plan(method, fault, times),
    close: async () => {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
