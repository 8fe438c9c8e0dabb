import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Deadline } from '../platform/deadline.ts';

/** In characters; a status has a thousand. */
const MAX_OUTPUT = 1024 * 1024;

/** How long output may arrive after the program has exited, in milliseconds. */
const OUTPUT_GRACE = 1000;

export interface SpawnOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Its signal kills the program. */
  deadline: Pick<Deadline, 'signal'>;
}

export type ExitStatus =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: NodeJS.Signals }
  /** Killed at the deadline, `after` so many milliseconds. */
  | { kind: 'timeout'; after: number }
  /** Killed because it wrote more than `limit` characters. */
  | { kind: 'flood'; limit: number }
  | { kind: 'not started'; code: string };

export interface ProcessResult {
  end: ExitStatus;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program until it exits. Kills it and its child processes at the deadline, if it writes too much, and when
 * this process exits.
 */
export function run(
  executable: string,
  args: string[],
  { cwd, env, deadline: { signal } }: SpawnOptions,
): Promise<ProcessResult> {
  const startedAt = performance.now();
  const output = { stdout: '', stderr: '' };
  if (signal.aborted) return Promise.resolve({ end: { kind: 'timeout', after: 0 }, ...output });
  return new Promise((resolve) => {
    const child = spawn(...commandFor(executable, args, env), {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group can be killed as one; Windows has process trees instead.
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: isScript(executable),
    });
    let end: ExitStatus | undefined;
    let size = 0;
    let grace: NodeJS.Timeout | undefined;

    const kill = () => killTree(child, env);
    const stop = (why: ExitStatus) => {
      end ??= why;
      kill();
    };
    const timeOut = () => stop({ kind: 'timeout', after: performance.now() - startedAt });
    signal.addEventListener('abort', timeOut);
    // Prepended, so that the program is gone before other listeners remove its files.
    process.prependListener('exit', kill);

    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
        size += chunk.length;
        if (size > MAX_OUTPUT) stop({ kind: 'flood', limit: MAX_OUTPUT });
        else output[stream] += chunk;
      });
    }
    child.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
      end ??= { kind: 'not started', code };
      if (child.pid === undefined) settle();
    });
    child.on('exit', (code, killedBy) => {
      end ??= killedBy === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal: killedBy };
      // Child processes that it left running would keep its output open.
      kill();
      grace = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, OUTPUT_GRACE);
    });
    child.on('close', settle);

    function settle(): void {
      clearTimeout(grace);
      signal.removeEventListener('abort', timeOut);
      process.off('exit', kill);
      resolve({ end: end ?? { kind: 'not started', code: 'unknown error' }, ...output });
    }
  });
}

/** Node refuses to spawn these: on Windows the command interpreter runs them. */
function isScript(executable: string): boolean {
  return process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(executable);
}

function commandFor(executable: string, args: string[], env: NodeJS.ProcessEnv): [string, string[]] {
  if (!isScript(executable)) return [executable, args];
  const line = [executable, ...args].map((word) => `"${word}"`).join(' ');
  return [env.COMSPEC ?? 'cmd.exe', ['/d', '/s', '/c', `"${line}"`]];
}

/** Must be synchronous: it also runs when this process exits. */
function killTree({ pid, exitCode, signalCode }: ChildProcess, env: NodeJS.ProcessEnv): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    // Windows may have given the id of a process that has exited to another one.
    if (exitCode !== null || signalCode !== null) return;
    const taskkill = path.join(system32(env), 'taskkill.exe');
    spawnSync(taskkill, ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process group is empty.
  }
}

/** The folder of the programs that come with Windows. */
export function system32(env: NodeJS.ProcessEnv): string {
  return path.join(env.SystemRoot ?? env.SYSTEMROOT ?? 'C:\\Windows', 'System32');
}
