import type { Fault } from './faults.ts';
import type { Platform } from './platform.ts';

export interface BusySpaceOptions {
  /** The time for each registration, in milliseconds. */
  workMs?: number;
  perSecond?: number;
}

const SECOND = 1000;

/** Makes a platform busy: one registration at a time, Aborted for others, 429 with Retry-After above a rate. */
export function keepBusy(platform: Platform, options: BusySpaceOptions = {}): void {
  const space = new BusySpace(options);
  platform.fault('Health/Check', () => space.limit());
  platform.fault('AgentManager/PingPong', () => space.limit());
  platform.fault('AgentManager/RegisterAgent', () => space.limit() ?? space.work());
}

class BusySpace {
  private readonly workMs: number;
  private readonly perSecond: number;
  private taken: number[] = [];
  private busyUntil = 0;

  constructor({ workMs = 20, perSecond = 50 }: BusySpaceOptions) {
    this.workMs = workMs;
    this.perSecond = perSecond;
  }

  limit(): Fault | undefined {
    const now = performance.now();
    this.taken = this.taken.filter((at) => now - at < SECOND);
    if (this.taken.length < this.perSecond) {
      this.taken.push(now);
      return undefined;
    }
    // The header needs whole seconds.
    return { kind: 'error', code: 8, message: 'too many requests', headers: { 'retry-after': '1' } };
  }

  work(): Fault {
    const now = performance.now();
    if (now < this.busyUntil) return { kind: 'error', code: 10, message: 'the space is being changed' };
    this.busyUntil = now + this.workMs;
    return { kind: 'delay', ms: this.workMs };
  }
}
