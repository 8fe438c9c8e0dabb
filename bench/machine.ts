import os from 'node:os';

/** What a figure must be read with. */
export function describeMachine(): string {
  const cores = os.availableParallelism();
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cores} core${cores === 1 ? '' : 's'}`;
}
