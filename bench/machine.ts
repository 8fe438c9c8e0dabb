import os from 'node:os';
import { median, percentile } from './statistics.ts';

/** The largest quartile distance of `node -e 0`, as a share of its median, for comparable figures. */
const LARGEST_SPREAD = 0.2;

export function describeMachine(): string {
  const cores = os.availableParallelism();
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cores} core${cores === 1 ? '' : 's'}`;
}

/** Warns if more processes are ready to run than there are cores. Windows has no load average. */
export function loadWarning(
  load = os.loadavg()[0] ?? 0,
  cores = os.availableParallelism(),
): string | undefined {
  if (load <= cores) return undefined;
  return busy(`its load average is ${load.toFixed(1)} on ${cores} core${cores === 1 ? '' : 's'}`);
}

/** Warns if the start of Node takes a different time in each run. */
export function spreadWarning(bareNodeTimes: readonly number[]): string | undefined {
  const distance = percentile(bareNodeTimes, 0.75) - percentile(bareNodeTimes, 0.25);
  const spread = distance / median(bareNodeTimes);
  if (spread <= LARGEST_SPREAD) return undefined;
  return busy(`the middle half of the runs of node -e 0 differs by ${(spread * 100).toFixed(0)} %`);
}

function busy(reason: string): string {
  return `Warning: the machine is too busy for these figures: ${reason}. Repeat on an idle machine.`;
}
