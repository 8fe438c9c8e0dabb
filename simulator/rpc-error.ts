/** The real reason of a rejection. The platform doesn't send it; it helps to debug. */
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

export interface RpcError {
  /** https://grpc.io/docs/guides/status-codes/ */
  code: number;
  message: string;
}

export const UNAUTHENTICATED: RpcError = { code: 16, message: 'request permission unauthenticated' };

export const PERMISSION_DENIED: RpcError = { code: 7, message: 'request permission denied' };

export const METHOD_NOT_DEFINED: RpcError = { code: 5, message: 'method not defined' };

/** https://github.com/mondoohq/ranger-rpc/blob/main/status/http.go */
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

/** Default: 500. */
export function httpStatus(code: number): number {
  return HTTP_STATUS[code] ?? 500;
}

export class RpcFailure extends Error {
  readonly rpc: RpcError;
  /** The reason, hidden from the client. */
  readonly reason: Reason | undefined;

  constructor(rpc: RpcError, reason?: Reason) {
    super(rpc.message);
    this.name = 'RpcFailure';
    this.rpc = rpc;
    this.reason = reason;
  }
}
