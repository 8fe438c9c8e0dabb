import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from './runner.ts';

/**
 * Waits until something has happened that a running step does, or that is done to it.
 * @throws Error with the log of the step when that ends first; a test would only be told that its time is up
 */
export async function until(happened: () => boolean, running: Promise<Step>): Promise<void> {
  let ended: Step | undefined;
  running.then(
    (step) => {
      ended = step;
    },
    // Told below, where somebody still waits.
    () => {},
  );
  for (;;) {
    // It may have been the last thing that the step did.
    const last = ended;
    if (happened()) return;
    if (last) {
      const how = last.signal === null ? `with exit code ${last.exitCode}` : `by ${last.signal}`;
      throw new Error(`The step ended first, ${how}:\n${last.log}`);
    }
    await Promise.race([running, sleep(5)]);
  }
}
