import { formatRpcStatus, RpcCode, type RpcStatus } from './rpc-status.ts';

/** How far a request came. Up to `connect` it has provably not reached the platform. */
export type Phase = 'connect' | 'headers' | 'body';

/** Why a call has no usable answer. */
export type Failure =
  /** The platform answered with an error of its own. */
  | { kind: 'rpc'; status: RpcStatus }
  /** Something answered, but not as the platform does. `problem` fits behind "the answer". */
  | { kind: 'answer'; httpStatus: number; problem: string }
  /** Nothing answered, or not to the end. `permanent`: another attempt would end the same way. */
  | { kind: 'connection'; phase: Phase; reason: string; permanent?: boolean };

/** A call to Mondoo Platform, or to GitHub, that failed. Its message is text for the log and holds no secret. */
export class CallError extends Error {
  readonly method: string;
  readonly failure: Failure;
  /** By which the platform's support finds the request. */
  readonly requestId: string;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;
  /** The attempts before this one, the first one first. */
  earlier: readonly CallError[] = [];

  constructor(method: string, failure: Failure, requestId: string, retryAfter?: number) {
    super(describe(failure));
    this.name = 'CallError';
    this.method = method;
    this.failure = failure;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }

  get code(): number | undefined {
    return this.failure.kind === 'rpc' ? this.failure.status.code : undefined;
  }

  /** Whether the failure may pass by itself. */
  get isTransient(): boolean {
    const { failure } = this;
    if (failure.kind === 'rpc') return TRANSIENT_CODES.has(failure.status.code);
    return failure.kind === 'answer' ? [429, 502, 503, 504].includes(failure.httpStatus) : !failure.permanent;
  }

  /** Whether the platform may have carried the request out all the same. */
  get mayHaveTakenEffect(): boolean {
    const { failure } = this;
    if (failure.kind === 'rpc') return !DECIDED_CODES.has(failure.status.code);
    if (failure.kind === 'connection') return failure.phase !== 'connect';
    // Without a gRPC code, what was sent elsewhere or refused was not carried out.
    const { httpStatus } = failure;
    const isDecided = httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 499;
    return !isDecided && httpStatus !== 503;
  }
}

const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  RpcCode.DeadlineExceeded,
  RpcCode.ResourceExhausted,
  RpcCode.Aborted,
  RpcCode.Unavailable,
]);

/** With any other code the platform may have carried the request out. */
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

function describe(failure: Failure): string {
  if (failure.kind === 'rpc') return formatRpcStatus(failure.status);
  if (failure.kind === 'connection') return failure.reason;
  return `HTTP status ${failure.httpStatus}: the answer ${failure.problem}`;
}
