import { isMrn, type Mrn } from '../util/mrn.ts';
import type { Signer } from './account.ts';
import type { AgentInfo } from './agent-info.ts';
import { CallError } from './call-error.ts';
import type { Deadline } from './deadline.ts';
import { signRequest } from './request-token.ts';
import type { Rpc } from './rpc.ts';
import { RpcCode } from './rpc-status.ts';

/** What the health check tells. A value that is missing or unreadable is left out. */
export interface Health {
  /** `SERVING`, `NOT_SERVING` or `UNKNOWN` */
  status: string;
  /** The platform's clock, in whole seconds. */
  time?: Date;
  apiVersion?: string;
  /** The local clock at the middle of the round trip: what the platform's clock is compared with. */
  localTime: Date;
  /** Milliseconds. */
  roundTrip: number;
}

/** An ID token of another issuer, for the platform to exchange. */
export interface ExternalToken {
  issuerUri: string;
  /** The MRN of the space or organization that trusts the issuer. */
  audience: Mrn;
  jwt: string;
}

/** Credentials that the platform made, unchecked. */
export interface Minted<Credential> {
  credential: Credential;
  /** Makes the error for credentials that are not usable. `problem` fits behind "the answer". */
  malformed(problem: string): CallError;
}

/** A client that the platform made by a registration token, with credentials of its own, as JSON has them. */
export interface MintedClient extends Minted<unknown> {
  /** Nothing where the answer names no client. */
  agentMrn: Mrn | undefined;
}

/** Mondoo Platform. Every method throws CallError. */
export class PlatformClient {
  private readonly rpc: Rpc;

  constructor(rpc: Rpc) {
    this.rpc = rpc;
  }

  /** Asks for the platform's health, clock and version; needs no authentication. */
  async checkHealth(): Promise<Health> {
    const { value, sentAt, receivedAt, malformed } = await this.rpc.call('Health/Check', '{}');
    const { status = 'UNKNOWN', time, apiVersion } = value;
    if (typeof status !== 'string' || !WORD.test(status)) throw malformed('has no readable status');

    const roundTrip = receivedAt - sentAt;
    const health: Health = { status, localTime: new Date(sentAt + roundTrip / 2), roundTrip };
    if (typeof time === 'string' && RFC_3339.test(time) && !Number.isNaN(Date.parse(time)))
      health.time = new Date(time);
    if (typeof apiVersion === 'string' && WORD.test(apiVersion)) health.apiVersion = apiVersion;
    return health;
  }

  /** Proves credentials: resolves when the platform accepts them. */
  async pingPong(signer: Signer): Promise<void> {
    await this.rpc.call('AgentManager/PingPong', '{}', () => signRequest(signer, '{}', new Date()));
  }

  /**
   * Proves credentials apart from the clock. Nothing else is ever signed at another time than the local one,
   * and this only once.
   * @param skew how far from the local time to sign, in milliseconds
   */
  async pingPongAt(signer: Signer, skew: number): Promise<void> {
    const sign = () => signRequest(signer, '{}', new Date(Date.now() + skew));
    await this.rpc.callOnce('AgentManager/PingPong', '{}', sign);
  }

  /**
   * Registers a client. Not idempotent: each call that arrives creates another one.
   * @returns the client's MRN
   */
  async registerAgent(signer: Signer, name: string, info: AgentInfo): Promise<Mrn> {
    const body = JSON.stringify({ name, agent_info: info });
    const sign = () => signRequest(signer, body, new Date());
    const { value, malformed } = await this.rpc.call('AgentManager/RegisterAgent', body, sign);
    if (!isClientMrn(value.agent_mrn)) throw malformed(NAMES_NO_CLIENT);
    return value.agent_mrn;
  }

  /**
   * Registers a client with a registration token, and mints a service account for it. Not idempotent either.
   * @param deadline of this call
   */
  async registerWithToken(token: string, name: string, info: AgentInfo, deadline: Deadline): Promise<MintedClient> {
    const body = JSON.stringify({ token, name, agent_info: info });
    const answer = await this.rpc.call('AgentManager/RegisterAgent', body, async () => token, deadline);
    const { agent_mrn: agentMrn, credential } = answer.value;
    return {
      agentMrn: isClientMrn(agentMrn) ? agentMrn : undefined,
      credential,
      malformed: answer.malformed,
    };
  }

  /** Removes a client, and revokes the service account that asks for it. */
  async unregisterAgent(signer: Signer, agentMrn: Mrn): Promise<void> {
    const body = JSON.stringify({ mrn: agentMrn });
    const sign = () => signRequest(signer, body, new Date());
    try {
      await this.rpc.call('AgentManager/UnRegisterAgent', body, sign);
    } catch (error) {
      if (!(error instanceof CallError && saysThatItIsGone(error))) throw error;
      // An earlier try, whose answer was lost, may have taken the account away that this one was signed by.
      if (!error.earlier.some(({ mayHaveTakenEffect }) => mayHaveTakenEffect)) throw error;
    }
  }

  /**
   * Exchanges another issuer's ID token for a service account; the token itself is the authentication.
   * @returns base64 of credentials JSON
   */
  async exchangeExternalToken({ issuerUri, audience, jwt }: ExternalToken): Promise<Minted<string>> {
    const body = JSON.stringify({ issuer_uri: issuerUri, audience, jwt_token: jwt });
    const { value, malformed } = await this.rpc.call(EXCHANGE, body);
    const { base64_credential: credential } = value;
    if (typeof credential !== 'string' || credential === '') throw malformed('holds no credentials');
    return { credential, malformed };
  }
}

/** The method that exchanges an ID token. */
export const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';

/** Whether a client may be gone already that was to be unregistered: neither it nor its account is known. */
export function saysThatItIsGone({ code }: CallError): boolean {
  return code === RpcCode.Unauthenticated || code === RpcCode.NotFound;
}

function isClientMrn(value: unknown): value is Mrn {
  return typeof value === 'string' && isMrn('client', value);
}

/** What is wrong with an answer to RegisterAgent. */
export const NAMES_NO_CLIENT = 'does not name the client that was registered';

/** What a version or a status from the platform may look like to become an output. */
const WORD = /^[\w.+-]{1,64}$/;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
