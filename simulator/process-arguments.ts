import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

/** How often /proc is read, in milliseconds. */
const INTERVAL = 25;

/** Node options that record the programs a script starts in the file STARTED_PROGRAMS. */
export const RECORD_PROGRAMS = ['--import', new URL('./started-programs.mjs', import.meta.url).href];

export function takeStarted(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  rmSync(file);
  return [...new Set(lines)].map((line) => JSON.parse(line) as string);
}

/** Collects the arguments of a process and its children, on Linux only; it may miss short ones. Call the result to stop. */
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
    // The process has ended, or this isn't Linux.
    return [];
  }
}
