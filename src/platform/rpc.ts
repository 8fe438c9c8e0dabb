import type { Deadline } from './deadline.ts';
import { callJson, type JsonResponse } from './json-call.ts';
import { ifNothingWasDone, ifTransient, never, type Retry, type Rule, retrying } from './retry.ts';
import type { Transport } from './transport.ts';

/** What is retried, by method. docs/behaviour.md has the same table. */
const RULES: Record<string, Rule> = {
  'Health/Check': ifTransient,
  'AgentManager/PingPong': ifTransient,
  'AgentManager/RegisterAgent': ifNothingWasDone,
  'AgentManager/UnRegisterAgent': ifTransient,
  'SecureTokenService/ExchangeExternalToken': ifTransient,
};

export interface RpcOptions {
  /** Without a slash at its end. */
  endpoint: string;
  deadline: Deadline;
  onRetry: (retry: Retry) => void;
}

export type Rpc = ReturnType<typeof rpcOver>;

/** Remote procedure calls as the platform takes them: `POST <endpoint>/<Service>/<Method>`, JSON both ways. */
export function rpcOver(transport: Transport, { endpoint, deadline: usual, onRetry }: RpcOptions) {
  /** @param body a function makes it for each attempt, as `authorize` makes a bearer token */
  const call = (
    method: string,
    body: string | (() => Promise<string>),
    authorize?: () => string,
    { rule = RULES[method] ?? never, deadline = usual }: { rule?: Rule; deadline?: Deadline } = {},
  ): Promise<JsonResponse> => {
    const callOnce = async () => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (authorize) headers.authorization = `Bearer ${authorize()}`;
      const text = typeof body === 'string' ? body : await body();
      const request = { method: 'POST', url: new URL(`${endpoint}/${method}`), headers, body: text } as const;
      return callJson(transport, method, request, deadline.endSignal);
    };
    return retrying(rule, callOnce, { deadline, onRetry });
  };
  return { call };
}
