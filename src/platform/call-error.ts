import { formatRpcStatus, RpcCode, type RpcStatus } from './rpc-status.ts';

/** How far a request came before it failed. Up to `connect` it has provably not reached the platform. */
export type Phase = 'connect' | 'headers' | 'body';

/** Why a call has no usable answer. */
export type Failure =
  /** The platform answered with an error of its own. */
  | { kind: 'rpc'; status: RpcStatus }
  /** Something answered, but not as the platform does. `problem` fits behind "the answer". */
  | { kind: 'answer'; httpStatus: number; problem: string }
  /**
   * Nothing answered, or not to the end. `reason` says so in a few words; `permanent` when another try would
   * end the same way, as with a certificate that is not good.
   */
  | { kind: 'connection'; phase: Phase; reason: string; permanent?: boolean };

/** A call to Mondoo Platform, or to GitHub, that failed. Its message is text for the log and holds no secret. */
export class CallError extends Error {
  /** `<Service>/<Method>`, or what is asked of GitHub. */
  readonly method: string;
  readonly failure: Failure;
  /** The X-Request-Id that was sent: the platform's support can find the request by it. */
  readonly requestId: string;
  /** How long the answer asks to wait, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** Why the tries before this one failed, the first one first. */
  earlier: readonly CallError[] = [];

  constructor(method: string, failure: Failure, requestId: string, retryAfter?: number) {
    super(describe(failure));
    this.name = 'CallError';
    this.method = method;
    this.failure = failure;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }

  /** The platform's gRPC code, where it was the platform that answered. */
  get code(): number | undefined {
    return this.failure.kind === 'rpc' ? this.failure.status.code : undefined;
  }

  /** Whether the failure may pass by itself: it says nothing about the request. */
  get isTransient(): boolean {
    switch (this.failure.kind) {
      case 'rpc':
        return TRANSIENT_CODES.has(this.failure.status.code);
      case 'answer':
        return TRANSIENT_HTTP.has(this.failure.httpStatus);
      case 'connection':
        return !this.failure.permanent;
    }
  }

  /** Whether the platform may have carried the request out all the same. */
  get mayHaveTakenEffect(): boolean {
    switch (this.failure.kind) {
      case 'rpc':
        return !DECIDED_CODES.has(this.failure.status.code);
      case 'answer':
        return !isDecided(this.failure.httpStatus);
      case 'connection':
        return this.failure.phase !== 'connect';
    }
  }
}

const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  RpcCode.DeadlineExceeded,
  RpcCode.ResourceExhausted,
  RpcCode.Aborted,
  RpcCode.Unavailable,
]);

const TRANSIENT_HTTP: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Codes of a platform that has looked at a request and did not do it. Of any other it may have lost sight. */
const DECIDED_CODES: ReadonlySet<number> = new Set([
  RpcCode.InvalidArgument,
  RpcCode.NotFound,
  RpcCode.AlreadyExists,
  RpcCode.PermissionDenied,
  RpcCode.ResourceExhausted,
  RpcCode.FailedPrecondition,
  RpcCode.Aborted,
  RpcCode.OutOfRange,
  RpcCode.Unimplemented,
  RpcCode.Unauthenticated,
]);

/** Whether an answer without a gRPC code says that the request was not carried out: sent elsewhere, or refused. */
function isDecided(httpStatus: number): boolean {
  const isRefused = httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 499;
  return isRefused || (httpStatus >= 300 && httpStatus < 400) || httpStatus === 503;
}

function describe(failure: Failure): string {
  switch (failure.kind) {
    case 'rpc':
      return formatRpcStatus(failure.status);
    case 'answer':
      return `HTTP status ${failure.httpStatus}: the answer ${failure.problem}`;
    case 'connection':
      return failure.reason;
  }
}
