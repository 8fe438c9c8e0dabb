import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

/** How often processes are looked at, in milliseconds. */
const INTERVAL = 25;

/** Has Node load what writes down the programs that a script starts, into the file that STARTED_PROGRAMS names. */
export const WRITE_DOWN = ['--import', new URL('./started-programs.mjs', import.meta.url).href];

/** Takes what was written down there: the arguments of every program, none twice. */
export function takeStarted(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  rmSync(file);
  return [...new Set(lines)].map((line) => JSON.parse(line) as string);
}

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
