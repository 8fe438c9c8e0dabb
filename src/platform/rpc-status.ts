import { isMap } from '../util/json.ts';
import { plainText } from '../util/text.ts';

/** https://grpc.io/docs/guides/status-codes/ */
export const RpcCode = {
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

export interface RpcStatus {
  code: number;
  /** Harmless to log. */
  message: string;
}

/** Reads an error body, `{"code": <gRPC code>, "message": "..."}`; anything else is not the platform's word. */
export function parseRpcStatus(body: unknown): RpcStatus | undefined {
  if (!isMap(body)) return undefined;
  const { code, message } = body;
  if (typeof code !== 'number' || !Number.isInteger(code) || code === 0) return undefined;
  // Takes out JWTs, which an error might quote. One pattern for all of a JWT could take minutes on a megabyte.
  const withoutTokens = (text: string) =>
    text.replace(/[\w.-]+/g, (word) => (word.includes('eyJ') && word.split('.').length > 2 ? '***' : word));
  return { code, message: typeof message === 'string' ? plainText(withoutTokens(message)) : '' };
}

/** Writes a status as cnspec does: `rpc error: code = Unauthenticated desc = request permission unauthenticated`. */
export function formatRpcStatus({ code, message }: RpcStatus): string {
  const name = Object.entries(RpcCode).find(([, value]) => value === code)?.[0] ?? `Code(${code})`;
  return `rpc error: code = ${name} desc = ${message}`;
}
