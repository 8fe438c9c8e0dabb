import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AccountOptions, Credentials } from './accounts.ts';
import type { ServerIdentity } from './authority.ts';
import { deliver, type Exchange } from './delivery.ts';
import { type Fault, FaultPlan, type FaultSource } from './faults.ts';
import { listen } from './loopback-server.ts';
import type { RegistrationTokenOptions } from './registration-tokens.ts';
import type { Role } from './request-guard.ts';
import { errorResponse, startResponse, valueResponse } from './response-content.ts';
import type { Reason } from './rpc-error.ts';
import { type Client, type Health, type Method, Service, type TokenKind } from './service.ts';
import type { Trust } from './token-exchange.ts';
import { readRequest, responseFormat } from './wire-format.ts';

export type { Credentials } from './accounts.ts';
export type { Fault } from './faults.ts';
export type { Client, Health, Method } from './service.ts';

export interface RecordedRequest {
  /** `AgentManager/PingPong`; with the HTTP verb in front if it isn't POST. */
  method: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** By the real clock. */
  at: Date;
  /** The authenticated service account. */
  serviceAccount: string | undefined;
  /** A proof other than a request token; valid if there is no refusal. */
  token: TokenKind | undefined;
  /** Undefined before the response. */
  status: number | undefined;
  /** The gRPC code, 0 for success; undefined if the platform didn't respond. */
  code: number | undefined;
  refusal: Reason | undefined;
}

export interface Platform {
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>` with TLS. */
  readonly endpoint: string;
  /** The offset to the real clock. Like `health`, it can change at any time. */
  readonly clock: { offsetMs: number };
  readonly health: Health;
  readonly clients: readonly Client[];
  readonly serviceAccounts: readonly string[];
  /** All private keys and registration tokens. */
  readonly secrets: readonly string[];
  /** One for each private key. */
  readonly certificates: readonly string[];
  readonly requests: readonly RecordedRequest[];
  readonly unexpected: readonly RecordedRequest[];
  mint(options?: AccountOptions & { role?: Role }): Promise<Credentials>;
  issueRegistrationToken(options?: RegistrationTokenOptions): Promise<string>;
  trust(trust: Trust): void;
  /** Deletes a service account by its MRN, or revokes a registration token. */
  revoke(mrnOrToken: string): void;
  count(method: Method): number;
  /** Replaces the planned faults of a method. A list is used up; a function is called for each request. */
  fault(method: Method, fault: Fault | Fault[] | FaultSource, times?: number): void;
  close(): Promise<void>;
}

export interface PlatformOptions {
  tls?: ServerIdentity;
}

export async function startPlatform({ tls }: PlatformOptions = {}): Promise<Platform> {
  const service = new Service();
  const faults = new FaultPlan<Method>();
  const requests: RecordedRequest[] = [];
  const unexpected: RecordedRequest[] = [];

  const server = await listen(async (request, response, closing) => {
    const path = request.url?.slice(1) ?? '';
    const method = request.method === 'POST' ? path : `${request.method} ${path}`;
    const body = await buffer(request);
    const record: RecordedRequest = {
      method,
      headers: request.headers,
      body: body.toString('utf8'),
      at: new Date(),
      serviceAccount: undefined,
      token: undefined,
      status: undefined,
      code: undefined,
      refusal: undefined,
    };
    requests.push(record);
    if (!service.has(method)) unexpected.push(record);

    const { authorization, accept, 'content-type': contentType } = request.headers;
    const format = responseFormat(method, { accept, contentType });
    const exchange: Exchange = {
      act: async () => {
        const outcome = await service.call({
          method,
          authorization,
          body,
          request: () => readRequest(method, { contentType, body }),
        });
        record.serviceAccount = outcome.serviceAccount;
        record.token = outcome.token;
        record.refusal = outcome.refusal;
        return 'error' in outcome.result
          ? errorResponse(outcome.result.error, format)
          : valueResponse(outcome.result.value, format);
      },
      start: (content) => {
        record.status = content.status;
        record.code = content.code;
        return startResponse(response, content);
      },
      format,
      socket: request.socket,
      closing,
    };
    await deliver(exchange, faults.next(method));
  }, tls);

  const endpoint = server.origin;
  return {
    endpoint,
    clock: service.clock,
    health: service.health,
    clients: service.clients,
    secrets: service.secrets,
    certificates: service.certificates,
    requests,
    unexpected,
    get serviceAccounts() {
      return service.serviceAccounts;
    },
    mint: (options) => service.mint({ endpoint, ...options }),
    issueRegistrationToken: (options) => service.issueRegistrationToken({ endpoint, ...options }),
    trust: (trust) => service.trust({ endpoint, ...trust }),
    revoke: (mrnOrToken) => service.revoke(mrnOrToken),
    count: (method) => requests.filter((request) => request.method === method).length,
    fault: (method, fault, times) => faults.plan(method, fault, times),
    close: server.close,
  };
}
