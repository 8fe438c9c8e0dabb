import type { Fault } from './faults.ts';
import type { Platform } from './platform.ts';

/** How much a space takes on. */
export interface BusySpaceOptions {
  /** How long it works on each registration, in milliseconds. */
  workMs?: number;
  /** How many requests of any kind it takes within a second. */
  perSecond?: number;
}

const SECOND = 1000;

/**
 * Makes a platform as busy as it is when every job of a matrix registers in the same space: it works on one
 * registration at a time, answers Aborted to whatever overlaps, and 429 with Retry-After to whatever is too much.
 */
export function keepBusy(platform: Platform, options: BusySpaceOptions = {}): void {
  const space = new BusySpace(options);
  platform.fault('Health/Check', () => space.limit());
  platform.fault('AgentManager/PingPong', () => space.limit());
  platform.fault('AgentManager/RegisterAgent', () => space.limit() ?? space.work());
}

class BusySpace {
  private readonly workMs: number;
  private readonly perSecond: number;
  /** When each request of the last second was taken, by performance.now(). Refused ones do not count. */
  private taken: number[] = [];
  private busyUntil = 0;

  constructor({ workMs = 20, perSecond = 50 }: BusySpaceOptions) {
    this.workMs = workMs;
    this.perSecond = perSecond;
  }

  /** Refuses a request that is one too many. */
  limit(): Fault | undefined {
    const now = performance.now();
    this.taken = this.taken.filter((at) => now - at < SECOND);
    if (this.taken.length < this.perSecond) {
      this.taken.push(now);
      return undefined;
    }
    // A whole number of seconds, as the header wants it.
    return { kind: 'error', code: 8, message: 'too many requests', headers: { 'retry-after': '1' } };
  }

  /** Takes its time for a registration, or aborts it while it works on another one. */
  work(): Fault {
    const now = performance.now();
    if (now < this.busyUntil) return { kind: 'error', code: 10, message: 'the space is being changed' };
    this.busyUntil = now + this.workMs;
    return { kind: 'delay', ms: this.workMs };
  }
}
