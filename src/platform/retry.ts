import { setTimeout as sleep } from 'node:timers/promises';
import { CallError } from './call-error.ts';
import type { Deadline } from './deadline.ts';
import { RpcCode } from './rpc-status.ts';

/** The first wait is shorter than this, in milliseconds; the limit doubles with each one after it. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;

/** Says whether a call may be made again after a failure. */
export type Rule = (error: CallError) => boolean;

/** For calls that may be repeated: whatever may pass by itself. */
export const ifTransient: Rule = (error) => error.isTransient;

/** For RegisterAgent, where each call that arrives may create a client: only if none can have been created. */
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

/** A failed attempt that is followed by another. */
export interface Retry {
  error: CallError;
  /** How many attempts have failed so far. */
  failed: number;
  /** Milliseconds until the next one. */
  delay: number;
}

/**
 * Makes a call until it succeeds, fails for good, or the next attempt doesn't fit into the time that is left.
 * Waits grow exponentially with full jitter, so that jobs which fail together don't come back together. A
 * Retry-After is waited for in full before that.
 * @param rule what is tried again after
 * @throws CallError of the last attempt, which holds those before it
 */
export async function retrying<T>(
  rule: Rule,
  call: () => Promise<T>,
  { deadline, onRetry }: { deadline: Deadline; onRetry: (retry: Retry) => void },
): Promise<T> {
  const earlier: CallError[] = [];
  for (let longest = FIRST_DELAY; ; longest = Math.min(2 * longest, LONGEST_DELAY)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // That the time ran out during an attempt says less than why there had to be another one.
      const isCutOff = deadline.remaining() <= 0 && error.failure.kind === 'connection';
      const before = earlier.at(-1);
      if (isCutOff && before && (rule === ifTransient || !error.mayHaveTakenEffect)) throw before;
      error.earlier = [...earlier];
      earlier.push(error);
      const delay = Math.random() * longest + (error.retryAfter ?? 0);
      if (!rule(error) || delay >= deadline.remaining()) throw error;
      onRetry({ error, failed: earlier.length, delay });
      await sleep(delay, undefined, { signal: deadline.signal }).catch(() => {
        throw error;
      });
    }
  }
}
