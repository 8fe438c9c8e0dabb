import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Deadline } from '../platform/deadline.ts';

/** The most that a program may write, in bytes: a status has a kilobyte. */
const MOST_OUTPUT = 1024 * 1024;

/** How long output may be on its way after the program has ended, in milliseconds. */
const LATE_OUTPUT = 1000;

/** Where and how long a program runs. */
export interface Surroundings {
  cwd: string;
  env: NodeJS.ProcessEnv;
  deadline: Deadline;
}

/** How a program ended. */
export type End =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: NodeJS.Signals }
  /** It was killed, because the time was up. `after` is in milliseconds. */
  | { kind: 'timeout'; after: number }
  /** It was killed, because it wrote too much. `limit` is in bytes. */
  | { kind: 'flood'; limit: number }
  /** It never ran. */
  | { kind: 'not started'; code: string };

/** How a program ended, and what it wrote. */
export interface Ran {
  end: End;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end, and ends it and all that it started when that takes too long, when it writes too
 * much, and when this process ends.
 */
export function run(executable: string, args: string[], { cwd, env, deadline }: Surroundings): Promise<Ran> {
  const startedAt = performance.now();
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const text = (name: keyof typeof written) => Buffer.concat(written[name]).toString('utf8');
  if (deadline.signal.aborted) {
    return Promise.resolve({ end: { kind: 'timeout', after: 0 }, stdout: '', stderr: '' });
  }
  return new Promise((resolve) => {
    const child = spawn(...commandFor(executable, args, env), {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, which can be killed as one. Windows knows a tree instead.
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: isScript(executable),
    });
    let end: End | undefined;
    let size = 0;
    let late: NodeJS.Timeout | undefined;

    const kill = () => killWithChildren(child);
    const stop = (why: End) => {
      end ??= why;
      kill();
    };
    const timeUp = () => stop({ kind: 'timeout', after: performance.now() - startedAt });
    deadline.signal.addEventListener('abort', timeUp);
    // A job that is cancelled ends this process, and nobody would be left to end that one.
    // Before others look at what it has left.
    process.prependListener('exit', kill);

    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_OUTPUT) stop({ kind: 'flood', limit: MOST_OUTPUT });
        else written[name].push(chunk);
      });
    }
    child.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
      end ??= { kind: 'not started', code };
      if (child.pid === undefined) settle();
    });
    child.on('exit', (code, signal) => {
      end ??= signal === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal };
      // What it left running would keep its output open.
      kill();
      late = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LATE_OUTPUT);
    });
    child.on('close', () => settle());

    function settle(): void {
      clearTimeout(late);
      deadline.signal.removeEventListener('abort', timeUp);
      process.off('exit', kill);
      resolve({
        end: end ?? { kind: 'not started', code: 'unknown error' },
        stdout: text('stdout'),
        stderr: text('stderr'),
      });
    }
  });
}

/** On Windows a script is run by the command interpreter: Node itself refuses it. */
function isScript(executable: string): boolean {
  return process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(executable);
}

function commandFor(executable: string, args: string[], env: NodeJS.ProcessEnv): [string, string[]] {
  if (!isScript(executable)) return [executable, args];
  const line = [executable, ...args].map((word) => `"${word}"`).join(' ');
  return [env.COMSPEC ?? 'cmd.exe', ['/d', '/s', '/c', `"${line}"`]];
}

/** Ends a program and what it started, at once. It must not wait: it is called when this process ends, too. */
function killWithChildren({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    // There the number of a process that is gone may be another one's by now.
    if (exitCode !== null || signalCode !== null) return;
    const taskkill = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
    spawnSync(taskkill, ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in its group.
  }
}
