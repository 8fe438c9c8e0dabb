/** Codes after which the platform may have carried the request out. */
const MAYBE_DONE = { Canceled: 1, Unknown: 2, DeadlineExceeded: 4, Internal: 13, Unavailable: 14, DataLoss: 15 };
/** Codes after which it did not: because of what the request asks, or because of the platform's state. */
const REFUSED = { InvalidArgument: 3, NotFound: 5, AlreadyExists: 6, PermissionDenied: 7, Unauthenticated: 16 };
const PRECONDITION = { ResourceExhausted: 8, FailedPrecondition: 9, Aborted: 10, OutOfRange: 11, Unimplemented: 12 };

/** https://grpc.io/docs/guides/status-codes/ */
export const RpcCode = { ...MAYBE_DONE, ...REFUSED, ...PRECONDITION };

export interface RpcStatus {
  code: number;
  /** Harmless to log. */
  message: string;
}

/** How far a request came: up to `connect` it has not reached the platform. */
export type Phase = 'connect' | 'headers' | 'body';

/** Why a call has no valid response. */
export type Failure =
  /** The platform responded with an error. */
  | { kind: 'rpc'; status: RpcStatus; httpStatus?: number }
  /** Something responded, but not as the platform does. `problem` follows "the response". */
  | { kind: 'response'; httpStatus: number; problem: string }
  /** Nothing responded, or not to the end. `permanent`: another attempt would end the same way. */
  | { kind: 'connection'; phase: Phase; reason: string; permanent?: boolean; remedy?: string | undefined };

/** A failed call to Mondoo Platform or the CI. Its message is text for the log and holds no secret. */
export class CallError extends Error {
  readonly method: string;
  readonly failure: Failure;
  readonly requestId: string;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;
  /** The attempts before this one. */
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

  /** The fix, if it follows from the route to the server. */
  get remedy(): string | undefined {
    return this.failure.kind === 'connection' ? this.failure.remedy : undefined;
  }

  /** Whether the failure may pass by itself. */
  get isTransient(): boolean {
    const { failure } = this;
    if (failure.kind === 'rpc') return TRANSIENT_CODES.includes(failure.status.code);
    return failure.kind === 'response' ? [429, 502, 503, 504].includes(failure.httpStatus) : !failure.permanent;
  }

  /** Whether a space has reached a limit: without a Retry-After, waiting doesn't help. */
  get isLimit(): boolean {
    return this.code === RpcCode.ResourceExhausted && this.retryAfter === undefined;
  }

  /** Whether the platform may have carried the request out. */
  get mayHaveTakenEffect(): boolean {
    const { failure } = this;
    if (failure.kind === 'rpc') return !DECIDED_CODES.includes(failure.status.code);
    if (failure.kind === 'connection') return failure.phase !== 'connect';
    // Without a gRPC code, what was sent elsewhere or refused was not carried out.
    const { httpStatus } = failure;
    const isDecided = httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 499;
    return !isDecided && httpStatus !== 503;
  }
}

const { DeadlineExceeded, ResourceExhausted, Aborted, Unavailable } = RpcCode;
const TRANSIENT_CODES = [DeadlineExceeded, ResourceExhausted, Aborted, Unavailable];
const DECIDED_CODES = Object.values({ ...REFUSED, ...PRECONDITION });

function describe(failure: Failure): string {
  if (failure.kind === 'rpc') return formatRpcStatus(failure.status);
  if (failure.kind === 'connection') return failure.reason;
  return `the response (HTTP status ${failure.httpStatus}) ${failure.problem}`;
}

/** Writes a status as cnspec does: `rpc error: code = Unauthenticated desc = request permission unauthenticated`. */
export function formatRpcStatus({ code, message }: RpcStatus): string {
  return `rpc error: code = ${rpcName(code)} desc = ${message}`;
}

export function rpcName(code: number): string {
  return Object.entries(RpcCode).find(([, value]) => value === code)?.[0] ?? `Code(${code})`;
}
