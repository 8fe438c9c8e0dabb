import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a process is gone, for a minute at most; killing takes a moment. */
export async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 1200; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(50);
  }
  return false;
}
