import { isMrn, type Mrn } from '../values/mrn.ts';
import type { AgentInfo } from './agent-info.ts';
import { type Signer, signRequest } from './request-token.ts';
import type { Rpc } from './rpc.ts';

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

/** Mondoo Platform, as one service account sees it. Every method throws PlatformError. */
export class PlatformClient {
  private readonly rpc: Rpc;
  private readonly signer: Signer;

  constructor(rpc: Rpc, signer: Signer) {
    this.rpc = rpc;
    this.signer = signer;
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

  /** Proves the credentials: resolves when the platform accepts them. */
  async pingPong(): Promise<void> {
    await this.rpc.call('AgentManager/PingPong', '{}', () => signRequest(this.signer, '{}', new Date()));
  }

  /**
   * Proves the credentials apart from the clock. Nothing else is ever signed at another time than the local one,
   * and this only once.
   * @param skew how far from the local time to sign, in milliseconds
   */
  async pingPongAt(skew: number): Promise<void> {
    const sign = () => signRequest(this.signer, '{}', new Date(Date.now() + skew));
    await this.rpc.callOnce('AgentManager/PingPong', '{}', sign);
  }

  /**
   * Registers a client. Not idempotent: each call that arrives creates another one.
   * @returns the client's MRN
   */
  async registerAgent(name: string, info: AgentInfo): Promise<Mrn> {
    const body = JSON.stringify({ name, agent_info: info });
    const sign = () => signRequest(this.signer, body, new Date());
    const { value, malformed } = await this.rpc.call('AgentManager/RegisterAgent', body, sign);
    if (typeof value.agent_mrn !== 'string' || !isMrn('client', value.agent_mrn)) {
      throw malformed('does not name the client that was registered');
    }
    return value.agent_mrn;
  }
}

/** What a version or a status from the platform may look like to become an output. */
const WORD = /^[\w.+-]{1,64}$/;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
