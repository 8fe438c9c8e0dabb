import { setTimeout as sleep } from 'node:timers/promises';
import { CallError } from './call-error.ts';
import type { Deadline } from './deadline.ts';

/** The limit of the first wait, in milliseconds; it doubles with each one after it. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;

export type Rule = (error: CallError) => boolean;

export const never: Rule = () => false;

export const ifTransient: Rule = ({ isTransient }) => isTransient;

/** For RegisterAgent, where each call that arrives may create a client. */
export const ifNothingWasDone: Rule = ({ isTransient, mayHaveTakenEffect, isLimit }) =>
  isTransient && !mayHaveTakenEffect && !isLimit;

export interface Retry {
  error: CallError;
  /** How many attempts have failed. */
  failed: number;
  /** Milliseconds until the next one. */
  delay: number;
}

export interface RetryOptions {
  deadline: Deadline;
  onRetry: (retry: Retry) => void;
}

/** Retries with full jitter, so that jobs which fail together don't come back together, while the time allows. */
export async function retrying<T>(rule: Rule, call: () => Promise<T>, { deadline, onRetry }: RetryOptions): Promise<T> {
  const earlier: CallError[] = [];
  for (let longest = FIRST_DELAY; ; longest = Math.min(2 * longest, LONGEST_DELAY)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // A timeout during a retry hides the cause: throw the previous error.
      const isCutOff = deadline.remaining() <= 0 && error.failure.kind === 'connection';
      const before = earlier.at(-1);
      if (isCutOff && before && (rule !== ifNothingWasDone || !error.mayHaveTakenEffect)) throw before;
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
