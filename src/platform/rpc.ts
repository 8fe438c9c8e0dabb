import type { Deadline } from './deadline.ts';
import { callJson, type JsonAnswer } from './json-call.ts';
import { ifNothingWasDone, ifTransient, type Retry, type Rule, retrying } from './retry.ts';
import type { Transport } from './transport.ts';

/** What is retried, by method. The same table stands in docs/behaviour.md. */
const RULES: Record<string, Rule> = {
  'Health/Check': ifTransient,
  'AgentManager/PingPong': ifTransient,
  'AgentManager/RegisterAgent': ifNothingWasDone,
  'AgentManager/UnRegisterAgent': ifTransient,
  'SecureTokenService/ExchangeExternalToken': ifTransient,
};

/** Where calls go, and how. */
export interface RpcOptions {
  /** Without a slash at its end. */
  endpoint: string;
  userAgent: string;
  deadline: Deadline;
  /** Is told of every try that is followed by another. */
  onRetry: (retry: Retry) => void;
}

/** Remote procedure calls as the platform takes them: `POST <endpoint>/<Service>/<Method>`, JSON both ways. */
export class Rpc {
  private readonly transport: Transport;
  private readonly options: RpcOptions;

  constructor(transport: Transport, options: RpcOptions) {
    this.transport = transport;
    this.options = options;
  }

  /**
   * Calls one method, and again where that is safe and may help.
   * @param method `<Service>/<Method>`
   * @param body JSON, byte for byte what is signed
   * @param authorize makes the bearer token, for methods that want one: a fresh one for each attempt
   * @throws CallError
   */
  call(
    method: string,
    body: string,
    authorize?: () => Promise<string>,
    deadline = this.options.deadline,
  ): Promise<JsonAnswer> {
    const rule = RULES[method] ?? (() => false);
    const { onRetry } = this.options;
    return retrying(rule, () => this.callOnce(method, body, authorize, deadline), { deadline, onRetry });
  }

  /**
   * Calls one method, once.
   * @throws CallError
   */
  async callOnce(
    method: string,
    body: string,
    authorize?: () => Promise<string>,
    deadline = this.options.deadline,
  ): Promise<JsonAnswer> {
    const { endpoint, userAgent } = this.options;
    const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': userAgent };
    const bearer = await authorize?.();
    if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
    const request = { method: 'POST', url: new URL(`${endpoint}/${method}`), headers, body } as const;
    return callJson(this.transport, method, request, deadline.endSignal);
  }
}
