import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from './runner.ts';

type Ended = Pick<Step, 'exitCode' | 'signal' | 'log'>;

/** Waits until something has happened in a running step. Throws with the log if the step ends first. */
export async function until(happened: () => boolean, running: Promise<Ended>): Promise<void> {
  let ended: Ended | undefined;
  running.then(
    (step) => {
      ended = step;
    },
    () => {},
  );
  for (;;) {
    // The step's last action may have been the awaited one.
    const last = ended;
    if (happened()) return;
    if (last) {
      const how = last.signal === null ? `with exit code ${last.exitCode}` : `by ${last.signal}`;
      throw new Error(`The step ended first, ${how}:\n${last.log}`);
    }
    await Promise.race([running, sleep(5)]);
  }
}
