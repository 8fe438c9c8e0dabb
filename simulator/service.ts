import { type AccountOptions, type Credentials, mintAccount } from './accounts.ts';
import { ksuid } from './ksuid.ts';
import { type Account, guard, type Reason, type Role } from './request-guard.ts';
import { METHOD_NOT_DEFINED, type RpcError, RpcFailure } from './rpc-error.ts';

/** What the platform can be asked for: `<Service>/<Method>`. */
export type Method =
  | 'Health/Check'
  | 'AgentManager/PingPong'
  | 'AgentManager/RegisterAgent'
  | 'AgentManager/UnRegisterAgent';

/** What the health check says of the platform. */
export interface Health {
  /** Left out of the answer when it is undefined. */
  status: 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | undefined;
  apiVersion: string;
  build: string;
}

/** A registered client. */
export interface Client {
  /** `//agents.api.mondoo.app/{spaces|organizations}/<id>/agents/<id>` */
  mrn: string;
  name: string;
  /** `agent_info` as it was received. */
  info: Record<string, unknown>;
  /** The mrn of the service account that registered it. */
  serviceAccount: string;
}

/** A call as it arrives. */
export interface Call {
  method: string;
  authorization: string | undefined;
  contentType: string | undefined;
  /** Byte for byte. */
  body: Uint8Array;
}

/** How a call ended. */
export interface Outcome {
  /** What the method answers, or why it does not. */
  result: { value: object } | { error: RpcError };
  /** The mrn of the service account that proved itself. */
  serviceAccount?: string;
  /** Why the guard refused the call. */
  refusal?: Reason;
}

type GuardedMethod = (request: Record<string, unknown>, account: Account) => object;

/** The platform without the wire: its accounts, its clients, its clock, and what it does when it is called. */
export class Service {
  readonly clock = { offsetMs: 0 };
  readonly health: Health = { status: 'SERVING', apiVersion: '13', build: 'simulator' };
  readonly clients: Client[] = [];
  private readonly accounts = new Map<string, Account>();
  /** The methods that want a service account: all but the health check. */
  private readonly guarded = new Map<string, GuardedMethod>([
    ['AgentManager/PingPong', () => ({})],
    ['AgentManager/RegisterAgent', (request, account) => this.registerAgent(request, account)],
    ['AgentManager/UnRegisterAgent', (request, account) => this.unregisterAgent(request, account)],
  ]);

  /** Makes a service account that is known here. */
  async mint({ role = 'agent', ...options }: AccountOptions & { role?: Role }): Promise<Credentials> {
    const { credentials, publicKey } = await mintAccount(options);
    this.accounts.set(credentials.mrn, { mrn: credentials.mrn, publicKey, role });
    return credentials;
  }

  /** Forgets a service account. */
  revoke(mrn: string): void {
    this.accounts.delete(mrn);
  }

  /** Tells whether a path names a method. */
  has(method: string): boolean {
    return method === 'Health/Check' || this.guarded.has(method);
  }

  /** Does what a call asks for. */
  call({ method, authorization, contentType, body }: Call): Outcome {
    const outcome: Outcome = { result: { error: METHOD_NOT_DEFINED } };
    if (!this.has(method)) return outcome;
    try {
      requireJson(contentType);
      const guarded = this.guarded.get(method);
      if (guarded) {
        const decision = guard({ authorization, body, accounts: this.accounts, now: this.now() });
        if ('error' in decision) return { result: { error: decision.error }, refusal: decision.reason };
        outcome.serviceAccount = decision.account.mrn;
        outcome.result = { value: guarded(parseRequest(body), decision.account) };
      } else {
        parseRequest(body);
        outcome.result = { value: this.checkHealth() };
      }
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      outcome.result = { error: error.rpc };
    }
    return outcome;
  }

  private now(): Date {
    return new Date(Date.now() + this.clock.offsetMs);
  }

  private checkHealth(): object {
    const { status, apiVersion, build } = this.health;
    // RFC 3339 in whole seconds, the rest cut off and not rounded.
    const time = this.now().toISOString().replace(/\.\d+/, '');
    return { ...(status && { status }), time, apiVersion, build };
  }

  private registerAgent(request: Record<string, unknown>, { mrn }: Account): object {
    const name = readString(request, 'name');
    const info = readObject(request, 'agent_info');
    for (const field of AGENT_INFO_STRINGS) readString(info, field);
    const labels = readObject(info, 'labels');
    for (const label of Object.keys(labels)) readString(labels, label);

    const client = {
      mrn: mrn.replace(/serviceaccounts\/.*/, `agents/${ksuid()}`),
      name,
      info,
      serviceAccount: mrn,
    };
    this.clients.push(client);
    return { agent_mrn: client.mrn };
  }

  /** Takes the service account away together with its client, which is why nobody may call this for a shared one. */
  private unregisterAgent(request: Record<string, unknown>, account: Account): object {
    const mrn = readString(request, 'mrn');
    const index = this.clients.findIndex(
      (client) => client.mrn === mrn && client.serviceAccount === account.mrn,
    );
    if (index < 0) throw new RpcFailure({ code: 5, message: `agent ${mrn} not found` });
    this.clients.splice(index, 1);
    this.revoke(account.mrn);
    return { mrn };
  }
}

const AGENT_INFO_STRINGS = [
  'mrn',
  'version',
  'build',
  'platform_name',
  'platform_release',
  'platform_arch',
  'platform_ip',
  'platform_hostname',
  'platform_id',
];

function requireJson(contentType: string | undefined): void {
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json') return;
  throw new RpcFailure({ code: 3, message: `unexpected content-type: ${JSON.stringify(contentType ?? '')}` });
}

function parseRequest(body: Uint8Array): Record<string, unknown> {
  try {
    const request: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (isObject(request)) return request;
  } catch {
    // The same answer as for JSON that is no object.
  }
  throw new RpcFailure({ code: 2, message: 'proto: syntax error (line 1:1): unexpected token' });
}

/** Reads a field as protobuf does: one that is missing or null has its empty value, another type is an error. */
function readString(message: Record<string, unknown>, field: string): string {
  const value = message[field] ?? '';
  if (typeof value !== 'string') throw invalidValue('string', field, value);
  return value;
}

function readObject(message: Record<string, unknown>, field: string): Record<string, unknown> {
  const value = message[field] ?? {};
  if (!isObject(value)) throw invalidValue('message', field, value);
  return value;
}

function invalidValue(type: string, field: string, value: unknown): RpcFailure {
  const message = `proto: (line 1:1): invalid value for ${type} field ${field}: ${JSON.stringify(value)}`;
  return new RpcFailure({ code: 2, message });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
