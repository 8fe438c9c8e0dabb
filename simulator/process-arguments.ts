import { readdirSync, readFileSync } from 'node:fs';

/** How often processes are looked at, in milliseconds. */
const INTERVAL = 25;

/**
 * Collects what a process and all that it starts are called with: everybody on the machine can read that.
 * Only Linux tells. A process that is gone after a moment may be missed.
 * @returns what ends the collecting, and gives what was seen
 */
export function watchArguments(pid: number | undefined): () => string[] {
  const seen = new Set<string>();
  const look = () => {
    for (const argument of argumentsOf(String(pid))) seen.add(argument);
  };
  look();
  const timer = setInterval(look, INTERVAL).unref();
  return () => {
    clearInterval(timer);
    return [...seen];
  };
}

function argumentsOf(pid: string): string[] {
  try {
    const own = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    const threads = readdirSync(`/proc/${pid}/task`);
    const started = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return [...own, ...started.flatMap(argumentsOf)];
  } catch {
    // It has ended, or this is no Linux.
    return [];
  }
}
