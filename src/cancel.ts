import { setTimeout as sleep } from 'node:timers/promises';
import { info } from '@actions/core';
import { removeConfigFile } from './config/file.ts';
import { endProcess } from './report/end-process.ts';
import { warnOfRemains } from './report/notices.ts';
import { keptState } from './state.ts';

/** How the runner cancels a step: SIGINT, 7.5 seconds later SIGTERM, and 2.5 seconds after that it kills. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** How long a cancelled step still waits for work that would be lost, in milliseconds. */
const PATIENCE = 800;

const underway = new Set<Promise<unknown>>();
const cancelled = new AbortController();
let isConcluded = false;

/**
 * Ends the step at once when the job is cancelled, with what it wrote gone.
 * @returns what aborts then: no request may be begun any more
 */
export function endWhenCancelled(): AbortSignal {
  for (const signal of SIGNALS) process.on(signal, () => void end(signal));
  return cancelled.signal;
}

/**
 * Does work that a cancelled step gives a moment to come to its end, because half of it would be lost. Nothing that
 * waits for it is gone on with then.
 */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  if (cancelled.signal.aborted) return untilTheEnd();
  const done = work();
  underway.add(done);
  try {
    return await done;
  } finally {
    underway.delete(done);
    if (cancelled.signal.aborted) await untilTheEnd();
  }
}

/** The process is about to end. */
function untilTheEnd(): Promise<never> {
  return new Promise(() => {});
}

/**
 * Tells all that there is to tell, as the last thing that the step does. A signal comes before it, and nothing is told,
 * or too late: later steps must not be told of what they will not find.
 * @param tell waits for nothing, so that no signal is heard until it is done
 */
export async function conclude(tell: () => void): Promise<void> {
  if (cancelled.signal.aborted) await untilTheEnd();
  tell();
  isConcluded = true;
}

async function end(signal: NodeJS.Signals): Promise<void> {
  // Whoever asks twice gets it no sooner.
  if (cancelled.signal.aborted || isConcluded) return;
  cancelled.abort();
  await Promise.race([Promise.allSettled(underway), sleep(PATIENCE)]);
  const { footprint, mintedClient } = keptState();
  process.exitCode = 1;
  try {
    if (mintedClient !== undefined) {
      // The platform may take its time, and post has more of it.
      info(`→ ended by ${signal}: the post step unregisters the client ${mintedClient} and removes its key`);
    } else {
      info(`→ ended by ${signal}`);
      if (footprint) await removeConfigFile(footprint).catch(warnOfRemains);
    }
  } finally {
    endProcess();
  }
}
