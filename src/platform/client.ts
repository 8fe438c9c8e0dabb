import { isMrn, type Mrn } from '../util/mrn.ts';
import { isWord } from '../util/text.ts';
import type { Signer } from './account.ts';
import type { AgentInfo } from './agent-info.ts';
import { CallError, RpcCode } from './call-error.ts';
import type { Deadline } from './deadline.ts';
import { callJson, type JsonResponse } from './json-call.ts';
import { signRequest } from './request-token.ts';
import { ifNothingWasDone, ifTransient, never, type RetryOptions, type Rule, retrying } from './retry.ts';
import { Transport, type TransportOptions } from './transport.ts';

export const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';

/** What is retried, by method. docs/behaviour.md has the same table. */
const RULES: Record<string, Rule> = {
  'Health/Check': ifTransient,
  'AgentManager/PingPong': ifTransient,
  'AgentManager/RegisterAgent': ifNothingWasDone,
  'AgentManager/UnRegisterAgent': ifTransient,
  [EXCHANGE]: ifTransient,
};

export interface ConnectionOptions extends RetryOptions, TransportOptions {
  /** Without a slash at its end. */
  endpoint: string;
}

export interface Health {
  /** `SERVING`, `NOT_SERVING` or `UNKNOWN` */
  status: string;
  /** The platform's clock, in whole seconds. */
  time?: Date;
  apiVersion?: string;
  /** At the middle of the round trip. */
  localTime: Date;
  /** Milliseconds. */
  roundTrip: number;
}

/** Unchecked credentials. */
export interface Minted<Credential> extends Pick<JsonResponse, 'malformed'> {
  credential: Credential;
}

export type MintedClient = Minted<unknown> & { agentMrn: Mrn };

/** Mondoo Platform. Every method throws CallError. Disposing of it drops its connections. */
export class PlatformClient implements Disposable {
  private readonly options: ConnectionOptions;
  private readonly transport: Transport;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.transport = new Transport(options);
  }

  async checkHealth(): Promise<Health> {
    const { value, sentAt, receivedAt, malformed } = await this.call('Health/Check', '{}');
    const { status = 'UNKNOWN', time, apiVersion } = value;
    if (!isWord(status)) throw malformed('has no readable status');

    const roundTrip = receivedAt - sentAt;
    const localTime = new Date(sentAt + roundTrip / 2);
    const isTime = typeof time === 'string' && RFC_3339.test(time) && !Number.isNaN(Date.parse(time));
    const reported = { ...(isTime && { time: new Date(time) }), ...(isWord(apiVersion) && { apiVersion }) };
    return { status, localTime, roundTrip, ...reported };
  }

  /** @param skew signs so many milliseconds from now, once */
  async pingPong(signer: Signer, skew?: number): Promise<void> {
    await this.callSigned('PingPong', signer, {}, skew);
  }

  async registerAgent(signer: Signer, name: string, info: AgentInfo): Promise<Mrn> {
    return clientMrnIn(await this.callSigned('RegisterAgent', signer, { name, agent_info: info }));
  }

  /** Mints a service account for the client. */
  async registerWithToken(token: string, name: string, info: AgentInfo, deadline: Deadline): Promise<MintedClient> {
    const body = JSON.stringify({ token, name, agent_info: info });
    const response = await this.call('AgentManager/RegisterAgent', body, () => token, { deadline });
    return { agentMrn: clientMrnIn(response), credential: response.value.credential, malformed: response.malformed };
  }

  /** Removes a client, and revokes the service account that asks for it. */
  async unregisterAgent(signer: Signer, agentMrn: Mrn): Promise<void> {
    try {
      await this.callSigned('UnRegisterAgent', signer, { mrn: agentMrn });
    } catch (error) {
      if (!(error instanceof CallError && mayMeanNoClient(error))) throw error;
      // An earlier attempt, whose response was lost, may have removed the account that this one was signed by.
      if (!error.earlier.some(({ mayHaveTakenEffect }) => mayHaveTakenEffect)) throw error;
    }
  }

  /** Returns base64 of credentials JSON. @param freshToken gives the ID token for each attempt */
  async exchangeExternalToken(
    { issuerUri: issuer_uri, audience }: { issuerUri: string; audience: Mrn },
    freshToken: () => Promise<string>,
  ): Promise<Minted<string>> {
    const body = async () => JSON.stringify({ issuer_uri, audience, jwt_token: await freshToken() });
    const { value, malformed } = await this.call(EXCHANGE, body);
    const credential = value.base64_credential;
    if (typeof credential !== 'string' || credential === '') throw malformed('holds no credentials');
    return { credential, malformed };
  }

  private callSigned(method: string, signer: Signer, request: object, skew?: number): Promise<JsonResponse> {
    const body = JSON.stringify(request);
    const sign = () => signRequest(signer, body, new Date(Date.now() + (skew ?? 0)));
    return this.call(`AgentManager/${method}`, body, sign, skew === undefined ? {} : { rule: never });
  }

  /**
   * Calls a remote procedure as the platform takes it: `POST <endpoint>/<Service>/<Method>`, JSON both ways.
   * @param body a function makes it for each attempt, as `authorize` makes a bearer token
   */
  call(
    method: string,
    body: string | (() => Promise<string>),
    authorize?: () => string,
    { rule = RULES[method] ?? never, deadline = this.options.deadline }: { rule?: Rule; deadline?: Deadline } = {},
  ): Promise<JsonResponse> {
    const { endpoint, onRetry } = this.options;
    const callOnce = async () => {
      const login = authorize && { authorization: `Bearer ${authorize()}` };
      const headers = { 'content-type': 'application/json', ...login };
      const text = typeof body === 'string' ? body : await body();
      const url = new URL(`${endpoint}/${method}`);
      return callJson(this.transport, method, { method: 'POST', url, headers, body: text, signal: deadline.endSignal });
    };
    return retrying(rule, callOnce, { deadline, onRetry });
  }

  [Symbol.dispose](): void {
    this.transport[Symbol.dispose]();
  }
}

/** Whether a client that was to be unregistered may be gone already. */
export function mayMeanNoClient({ code }: CallError): boolean {
  return code === RpcCode.Unauthenticated || code === RpcCode.NotFound;
}

function clientMrnIn({ value: { agent_mrn: mrn }, malformed }: JsonResponse): Mrn {
  if (typeof mrn === 'string' && isMrn('client', mrn)) return mrn;
  throw malformed('does not name the client that was registered');
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
