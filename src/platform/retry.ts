import { DelegateBackoff, fullJitterGenerator, handleType, retry } from 'cockatiel';
import { CallError } from './call-error.ts';
import type { Deadline } from './deadline.ts';
import { RpcCode } from './rpc-status.ts';

/** The first wait is shorter than this, in milliseconds; each one after it may be twice as long. */
const INITIAL_DELAY = 500;
const LONGEST_DELAY = 15_000;

/** Says whether a call may be made again after a failure. */
export type Rule = (error: CallError) => boolean;

/** For calls that may be repeated: whatever may pass by itself. */
export const ifTransient: Rule = (error) => error.isTransient;

/** For RegisterAgent, where each call that arrives may create a client: only where none can have been created. */
export const ifNothingWasDone: Rule = ({ failure, retryAfter }) => {
  switch (failure.kind) {
    case 'rpc':
      // Without a Retry-After, ResourceExhausted is a limit of the space.
      return (
        failure.status.code === RpcCode.Aborted ||
        (failure.status.code === RpcCode.ResourceExhausted && retryAfter !== undefined)
      );
    case 'answer':
      return failure.httpStatus === 429 || failure.httpStatus === 503;
    case 'connection':
      return failure.phase === 'connect' && !failure.permanent;
  }
};

/** A failed try that is followed by another. */
export interface Retry {
  error: CallError;
  /** How many tries have failed so far. */
  failed: number;
  /** Milliseconds until the next one. */
  delay: number;
}

/**
 * Makes a call until it succeeds, fails for good, or the next try would not fit into the time that is left.
 * Waits grow exponentially with full jitter, so that jobs which fail together do not come back together; a
 * Retry-After is waited for in full before that.
 * @param rule what is tried again after
 * @throws the error of the last try, which tells of those before it
 */
export function retrying<T>(
  rule: Rule,
  call: () => Promise<T>,
  { deadline, onRetry }: { deadline: Deadline; onRetry: (retry: Retry) => void },
): Promise<T> {
  const earlier: CallError[] = [];
  const attempt = async () => {
    // The process is about to end: there is nobody to tell.
    if (deadline.isClosed) return new Promise<never>(() => {});
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // That the time ran out in the middle of a try says less than why there had to be another one.
      const isCutOff = deadline.remaining() <= 0 && error.failure.kind === 'connection';
      const before = earlier.at(-1);
      if (isCutOff && before !== undefined && (rule === ifTransient || !error.mayHaveTakenEffect))
        throw before;
      error.earlier = [...earlier];
      earlier.push(error);
      throw error;
    }
  };
  const backoff = new DelegateBackoff<Context, number>((context, state) => {
    const [jitter, next] = fullJitterGenerator(state, BACKOFF);
    const delay = jitter + (context.result.error.retryAfter ?? 0);
    if (delay >= deadline.remaining()) throw context.result.error;
    onRetry({ error: context.result.error, failed: context.attempt, delay });
    return { delay, state: next };
  });
  return retry(handleType(CallError, rule), {
    maxAttempts: Number.POSITIVE_INFINITY,
    backoff: backoff as never,
  }).execute(attempt);
}

/** What the policy tells of a failure; it handles no errors but these. */
interface Context {
  attempt: number;
  result: { error: CallError };
}

const BACKOFF = {
  initialDelay: INITIAL_DELAY,
  maxDelay: LONGEST_DELAY,
  exponent: 2,
  generator: fullJitterGenerator,
};
