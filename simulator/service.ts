import { type AccountOptions, type Credentials, mintAccount } from './accounts.ts';
import { bearerOf } from './compact-jwt.ts';
import { ksuid } from './ksuid.ts';
import {
  isRegistrationToken,
  type RegistrationTokenOptions,
  RegistrationTokens,
} from './registration-tokens.ts';
import { type Account, guard, type Role } from './request-guard.ts';
import { METHOD_NOT_DEFINED, type Reason, type RpcError, RpcFailure } from './rpc-error.ts';
import { findTrust, type Trust } from './token-exchange.ts';

/** `<Service>/<Method>` */
export type Method =
  | 'Health/Check'
  | 'AgentManager/PingPong'
  | 'AgentManager/RegisterAgent'
  | 'AgentManager/UnRegisterAgent'
  | 'SecureTokenService/ExchangeExternalToken';

/** A proof other than a signature. */
export type TokenKind = 'a registration token' | 'an ID token';

export interface Health {
  status: 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | undefined;
  apiVersion: string;
  build: string;
}

export interface Client {
  /** `//agents.api.mondoo.app/{spaces|organizations}/<id>/agents/<id>` */
  mrn: string;
  name: string;
  /** `agent_info` as received. */
  info: Record<string, unknown>;
  /** The MRN of the service account that registered it. */
  serviceAccount: string;
}

export interface Call {
  method: string;
  authorization: string | undefined;
  body: Uint8Array;
  /** Throws RpcFailure. */
  request(): Record<string, unknown>;
}

export interface Outcome {
  result: { value: object } | { error: RpcError };
  serviceAccount?: string;
  /** A proof other than a signature. Valid if there is no refusal. */
  token?: TokenKind;
  refusal?: Reason;
}

/** Records the caller in the outcome. */
type Handler = (call: Call, outcome: Outcome) => object | Promise<object>;

/** The platform without HTTP: accounts, clients, clock and methods. */
export class Service {
  readonly clock = { offsetMs: 0 };
  readonly health: Health = { status: 'SERVING', apiVersion: '13', build: 'simulator' };
  readonly clients: Client[] = [];
  readonly secrets: string[] = [];
  readonly certificates: string[] = [];
  private readonly accounts = new Map<string, Account>();
  private readonly tokens = new RegistrationTokens();
  private readonly trusts: Trust[] = [];
  private readonly methods = new Map<string, Handler>([
    ['Health/Check', (call) => this.checkHealth(call)],
    ['AgentManager/PingPong', (call, outcome) => this.pingPong(call, outcome)],
    ['AgentManager/RegisterAgent', (call, outcome) => this.registerAgent(call, outcome)],
    ['AgentManager/UnRegisterAgent', (call, outcome) => this.unregisterAgent(call, outcome)],
    ['SecureTokenService/ExchangeExternalToken', (call, outcome) => this.exchangeToken(call, outcome)],
  ]);

  get serviceAccounts(): string[] {
    return [...this.accounts.keys()];
  }

  async mint({ role = 'agent', ...options }: AccountOptions & { role?: Role }): Promise<Credentials> {
    const { credentials, publicKey } = await mintAccount(options);
    this.accounts.set(credentials.mrn, { mrn: credentials.mrn, publicKey, role });
    this.secrets.push(credentials.private_key);
    this.certificates.push(credentials.certificate);
    return credentials;
  }

  async issueRegistrationToken(options: RegistrationTokenOptions): Promise<string> {
    const token = await this.tokens.issue(options);
    this.secrets.push(token);
    return token;
  }

  trust(trust: Trust): void {
    this.trusts.push(trust);
  }

  revoke(mrnOrToken: string): void {
    if (!this.accounts.delete(mrnOrToken)) this.tokens.revoke(mrnOrToken);
  }

  has(method: string): boolean {
    return this.methods.has(method);
  }

  async call(call: Call): Promise<Outcome> {
    const outcome: Outcome = { result: { error: METHOD_NOT_DEFINED } };
    const method = this.methods.get(call.method);
    if (!method) return outcome;
    try {
      outcome.result = { value: await method(call, outcome) };
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      outcome.result = { error: error.rpc };
      if (error.reason) outcome.refusal = error.reason;
    }
    return outcome;
  }

  private now(): Date {
    return new Date(Date.now() + this.clock.offsetMs);
  }

  private signer({ authorization, body }: Call, outcome: Outcome): Account {
    const decision = guard({ authorization, body, accounts: this.accounts, now: this.now() });
    if ('error' in decision) throw new RpcFailure(decision.error, decision.reason);
    outcome.serviceAccount = decision.account.mrn;
    return decision.account;
  }

  private checkHealth(call: Call): object {
    call.request();
    const { status, apiVersion, build } = this.health;
    // RFC 3339 in whole seconds, truncated.
    const time = this.now().toISOString().replace(/\.\d+/, '');
    return { ...(status && { status }), time, apiVersion, build };
  }

  private pingPong(call: Call, outcome: Outcome): object {
    this.signer(call, outcome);
    call.request();
    return {};
  }

  /** Called with a service account, or with a registration token, which also creates an account for the client. */
  private async registerAgent(call: Call, outcome: Outcome): Promise<object> {
    const bearer = bearerOf(call.authorization);
    if (!isRegistrationToken(bearer)) {
      const { mrn } = this.signer(call, outcome);
      return { agent_mrn: this.addClient(call.request(), mrn) };
    }
    const request = call.request();
    outcome.token = 'a registration token';
    const { space, endpoint } = this.tokens.accept(bearer, request.token, this.now());
    const { mrn, parent_mrn, scope_mrn, private_key, certificate, api_endpoint } = await this.mint({
      space,
      endpoint,
    });
    const credential = { mrn, parent_mrn, private_key, certificate, api_endpoint, scope_mrn };
    return { agent_mrn: this.addClient(request, mrn), credential };
  }

  private addClient(request: Record<string, unknown>, serviceAccount: string): string {
    const name = readString(request, 'name');
    const info = readObject(request, 'agent_info');
    for (const field of AGENT_INFO_STRINGS) readString(info, field);
    const labels = readObject(info, 'labels');
    for (const label of Object.keys(labels)) readString(labels, label);

    const mrn = serviceAccount.replace(/serviceaccounts\/.*/, `agents/${ksuid()}`);
    this.clients.push({ mrn, name, info, serviceAccount });
    return mrn;
  }

  /** Also deletes the service account, so never call this for a shared one. */
  private unregisterAgent(call: Call, outcome: Outcome): object {
    const account = this.signer(call, outcome);
    const mrn = readString(call.request(), 'mrn');
    const index = this.clients.findIndex(
      (client) => client.mrn === mrn && client.serviceAccount === account.mrn,
    );
    if (index < 0) throw new RpcFailure({ code: 5, message: `agent ${mrn} not found` });
    this.clients.splice(index, 1);
    this.revoke(account.mrn);
    return { mrn };
  }

  private async exchangeToken(call: Call, outcome: Outcome): Promise<object> {
    const request = call.request();
    const token = {
      issuerUri: readString(request, 'issuer_uri'),
      audience: readString(request, 'audience'),
      jwt: readString(request, 'jwt_token'),
    };
    if (token.jwt !== '') outcome.token = 'an ID token';
    const { audience, endpoint } = findTrust(token, this.trusts, this.now());
    const [kind, id] = audience.split('/').slice(-2) as [string, string];
    const { mrn, space_mrn, private_key, certificate, api_endpoint } = await this.mint({
      ...(kind === 'organizations' ? { organization: id } : { space: id }),
      ...(endpoint !== undefined && { endpoint }),
      certificateNotAfter: new Date(this.now().getTime() + EXCHANGED_LIFETIME),
    });
    const credentials = JSON.stringify({ mrn, space_mrn, private_key, certificate, api_endpoint });
    return { base64_credential: Buffer.from(credentials).toString('base64') };
  }
}

/** The lifetime of exchanged credentials, in milliseconds. */
const EXCHANGED_LIFETIME = 3_600_000;

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

/** Reads a field as protobuf does: missing or null is empty, another type is an error. */
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
