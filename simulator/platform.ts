import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AccountOptions, Credentials } from './accounts.ts';
import { errorAnswer, startAnswer, valueAnswer } from './answer.ts';
import type { ServerIdentity } from './authority.ts';
import { deliver, type Exchange } from './delivery.ts';
import { type Fault, FaultPlan, type FaultSource } from './faults.ts';
import { listen } from './loopback-server.ts';
import type { RegistrationTokenOptions } from './registration-tokens.ts';
import type { Role } from './request-guard.ts';
import type { Reason } from './rpc-error.ts';
import { type Client, type Health, type Method, Service, type TokenKind } from './service.ts';
import type { Trust } from './token-exchange.ts';
import { answerFormat, readRequest } from './wire-format.ts';

export type { Credentials } from './accounts.ts';
export type { Fault } from './faults.ts';
export type { Client, Health, Method } from './service.ts';

/** A request that arrived, and how it was answered. */
export interface RecordedRequest {
  /** `AgentManager/PingPong`; where it was no POST, the verb stands before it. */
  method: string;
  headers: IncomingHttpHeaders;
  /** As text, whatever it is. */
  body: string;
  /** By the true clock. */
  at: Date;
  /** The mrn of the service account that proved itself. */
  serviceAccount: string | undefined;
  /** What else than a request token was to prove who asks; it did where there is no refusal. */
  token: TokenKind | undefined;
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
  /** The mrns of the service accounts that are known now. */
  readonly serviceAccounts: readonly string[];
  /** Every private key that was minted and every registration token that was issued, for whoever looks for leaks. */
  readonly secrets: readonly string[];
  /** The certificate of every private key that was minted. */
  readonly certificates: readonly string[];
  /** Everything that arrived, in its order. */
  readonly requests: readonly RecordedRequest[];
  /** What arrived for no method of the platform. */
  readonly unexpected: readonly RecordedRequest[];
  /** Makes a service account that is known here and has this endpoint. */
  mint(options?: AccountOptions & { role?: Role }): Promise<Credentials>;
  /** Issues a registration token that says that this is its endpoint. */
  issueRegistrationToken(options?: RegistrationTokenOptions): Promise<string>;
  /** Lets ID tokens of an issuer be exchanged for service accounts that have this endpoint. */
  trust(trust: Trust): void;
  /** Makes the platform forget a service account, by its mrn, or refuse a registration token. */
  revoke(mrnOrToken: string): void;
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
    const format = answerFormat(method, { accept, contentType });
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
          ? errorAnswer(outcome.result.error, format)
          : valueAnswer(outcome.result.value, format);
      },
      start: (answer) => {
        record.status = answer.status;
        record.code = answer.code;
        return startAnswer(response, answer);
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
