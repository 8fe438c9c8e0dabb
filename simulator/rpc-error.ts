/** Why the guard refuses a request. The platform tells nobody; it is for people who look for a mistake. */
export type Reason =
  | 'no token'
  | 'malformed token'
  | 'unknown key id'
  | 'bad signature'
  | 'wrong algorithm'
  | 'wrong issuer'
  | 'wrong subject'
  | 'not yet valid'
  | 'expired'
  | 'wrong body hash'
  | 'wrong role'
  | 'revoked token'
  | 'another token in the body'
  | 'untrusted issuer'
  | 'wrong audience';

/** An error of a remote procedure call, as the platform answers it. */
export interface RpcError {
  /** A gRPC code. https://grpc.io/docs/guides/status-codes/ */
  code: number;
  message: string;
}

/** The refusal of a request that does not prove who sent it. */
export const UNAUTHENTICATED: RpcError = { code: 16, message: 'request permission unauthenticated' };

/** The refusal of a request whose sender has another role than the method wants. */
export const PERMISSION_DENIED: RpcError = { code: 7, message: 'request permission denied' };

/** The answer to a path that is no method of the platform. */
export const METHOD_NOT_DEFINED: RpcError = { code: 5, message: 'method not defined' };

/** HTTP statuses of the gRPC codes. https://github.com/mondoohq/ranger-rpc/blob/main/status/http.go */
const HTTP_STATUS: Record<number, number> = {
  1: 408,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 412,
  10: 409,
  11: 400,
  12: 501,
  14: 503,
  16: 401,
};

/** Tells the HTTP status that goes with a gRPC code; a code that has none of its own goes with 500. */
export function httpStatus(code: number): number {
  return HTTP_STATUS[code] ?? 500;
}

/** Thrown by a method of the platform that refuses a call. */
export class RpcFailure extends Error {
  readonly rpc: RpcError;
  /** Why, where the caller is not told. */
  readonly reason: Reason | undefined;

  constructor(rpc: RpcError, reason?: Reason) {
    super(rpc.message);
    this.name = 'RpcFailure';
    this.rpc = rpc;
    this.reason = reason;
  }
}
