import { isMrn, type Mrn } from '../util/mrn.ts';
import { isWord } from '../util/text.ts';
import type { Signer } from './account.ts';
import type { AgentInfo } from './agent-info.ts';
import { CallError } from './call-error.ts';
import type { Deadline } from './deadline.ts';
import type { JsonResponse } from './json-call.ts';
import { signRequest } from './request-token.ts';
import { never } from './retry.ts';
import { type Rpc, type RpcOptions, rpcOver } from './rpc.ts';
import { RpcCode } from './rpc-status.ts';
import { Transport, type TransportOptions } from './transport.ts';

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

export interface MintedClient extends Minted<unknown> {
  agentMrn: Mrn | undefined;
}

/** Mondoo Platform. Every method throws CallError. */
export class PlatformClient {
  private readonly rpc: Rpc;

  constructor(rpc: Rpc) {
    this.rpc = rpc;
  }

  async checkHealth(): Promise<Health> {
    const { value, sentAt, receivedAt, malformed } = await this.rpc.call('Health/Check', '{}');
    const { status = 'UNKNOWN', time, apiVersion } = value;
    if (!isWord(status)) throw malformed('has no readable status');

    const roundTrip = receivedAt - sentAt;
    const health: Health = { status, localTime: new Date(sentAt + roundTrip / 2), roundTrip };
    const isTime = typeof time === 'string' && RFC_3339.test(time) && !Number.isNaN(Date.parse(time));
    if (isTime) health.time = new Date(time);
    if (isWord(apiVersion)) health.apiVersion = apiVersion;
    return health;
  }

  /** @param skew signs so many milliseconds from now, once */
  async pingPong(signer: Signer, skew?: number): Promise<void> {
    await this.callSigned('PingPong', signer, {}, skew);
  }

  async registerAgent(signer: Signer, name: string, info: AgentInfo): Promise<Mrn> {
    const { value, malformed } = await this.callSigned('RegisterAgent', signer, { name, agent_info: info });
    const agentMrn = clientMrnIn(value);
    if (agentMrn === undefined) throw malformed(NAMES_NO_CLIENT);
    return agentMrn;
  }

  /** Mints a service account for the client. */
  async registerWithToken(token: string, name: string, info: AgentInfo, deadline: Deadline): Promise<MintedClient> {
    const body = JSON.stringify({ token, name, agent_info: info });
    const authorize = () => token;
    const { value, malformed } = await this.rpc.call('AgentManager/RegisterAgent', body, authorize, { deadline });
    return { agentMrn: clientMrnIn(value), credential: value.credential, malformed };
  }

  /** Removes a client, and revokes the service account that asks for it. */
  async unregisterAgent(signer: Signer, agentMrn: Mrn): Promise<void> {
    try {
      await this.callSigned('UnRegisterAgent', signer, { mrn: agentMrn });
    } catch (error) {
      if (!(error instanceof CallError && saysThatItIsGone(error))) throw error;
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
    const { value, malformed } = await this.rpc.call(EXCHANGE, body);
    const credential = value.base64_credential;
    if (typeof credential !== 'string' || credential === '') throw malformed('holds no credentials');
    return { credential, malformed };
  }

  private callSigned(method: string, signer: Signer, request: object, skew?: number): Promise<JsonResponse> {
    const body = JSON.stringify(request);
    const sign = () => signRequest(signer, body, new Date(Date.now() + (skew ?? 0)));
    return this.rpc.call(`AgentManager/${method}`, body, sign, skew === undefined ? {} : { rule: never });
  }
}

export interface ConnectionOptions extends RpcOptions, TransportOptions {}

/** A client of the platform that drops its connections when it is disposed of. */
export function connect(options: ConnectionOptions): PlatformClient & Disposable {
  const transport = new Transport(options);
  const client = new PlatformClient(rpcOver(transport, options));
  return Object.assign(client, { [Symbol.dispose]: () => transport[Symbol.dispose]() });
}

export const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';

/** Whether a client that was to be unregistered may be gone already. */
export function saysThatItIsGone({ code }: CallError): boolean {
  return code === RpcCode.Unauthenticated || code === RpcCode.NotFound;
}

function clientMrnIn({ agent_mrn: mrn }: JsonResponse['value']): Mrn | undefined {
  return typeof mrn === 'string' && isMrn('client', mrn) ? mrn : undefined;
}

export const NAMES_NO_CLIENT = 'does not name the client that was registered';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
