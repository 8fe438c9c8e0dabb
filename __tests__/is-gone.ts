import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a process has ended, for at most a minute; killing takes a moment. */
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
