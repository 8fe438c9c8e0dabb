import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { formatDuration } from '../util/duration.ts';
import { errorCode } from '../util/errors.ts';
import { system32 } from '../util/paths.ts';

/** Characters. */
const MAX_OUTPUT = 1024 * 1024;

/** Milliseconds for output after the program has exited. */
const OUTPUT_GRACE = 1000;

export interface SpawnOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export type ExitStatus =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: NodeJS.Signals }
  /** Milliseconds. */
  | { kind: 'timeout'; after: number }
  /** Killed because it printed too much. */
  | { kind: 'flood' }
  | { kind: 'not started'; code: string };

export interface ProcessResult {
  end: ExitStatus;
  stdout: string;
  stderr: string;
}

/** Follows the name of the program. */
export function describeExit(end: ExitStatus): string {
  if (end.kind === 'exit') return `exited with code ${end.code}`;
  if (end.kind === 'signal') return `was killed by ${end.signal}`;
  if (end.kind === 'timeout') return `timed out after ${formatDuration(Math.round(end.after))}`;
  return end.kind === 'flood' ? 'printed more than 1 MiB' : `could not be started (${end.code})`;
}

/** Runs a program until it exits. Kills it and its child processes at the deadline, and if it writes too much. */
export async function run(file: string, args: string[], { cwd, env, signal }: SpawnOptions): Promise<ProcessResult> {
  const startedAt = performance.now();
  const output = { stdout: '', stderr: '' };
  if (signal.aborted) return { end: { kind: 'timeout', after: 0 }, ...output };

  const onWindows = process.platform === 'win32';
  // Node refuses to spawn these: the command interpreter runs them.
  const shell = onWindows && /\.(?:cmd|bat)$/i.test(file);
  const line = [file, ...args].map((word) => `"${word}"`).join(' ');
  const child = spawn(shell ? line : file, shell ? [] : args, {
    cwd,
    env,
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group can be killed as one; Windows has process trees instead.
    detached: !onWindows,
    windowsHide: true,
  });
  let end: ExitStatus | undefined;
  let size = 0;

  const stop = (why: ExitStatus) => {
    end ??= why;
    killTree(child, env);
  };
  const timeOut = () => stop({ kind: 'timeout', after: performance.now() - startedAt });
  signal.addEventListener('abort', timeOut);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      size += chunk.length;
      if (size <= MAX_OUTPUT) output[stream] += chunk;
      else if (!end) stop({ kind: 'flood' });
    });
  }
  child.on('exit', (code, killedBy) => {
    // Child processes that it left running would keep its output open.
    stop(killedBy === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal: killedBy });
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, OUTPUT_GRACE).unref();
  });
  await once(child, 'close').catch((error) => {
    end ??= { kind: 'not started', code: errorCode(error) };
  });
  signal.removeEventListener('abort', timeOut);
  return { end: end!, ...output };
}

function killTree(child: ChildProcess, env: NodeJS.ProcessEnv): void {
  const { pid, exitCode, signalCode } = child;
  if (process.platform === 'win32') {
    // Windows may have given the id of a process that has exited to another one.
    if (exitCode !== null || signalCode !== null) return;
    const taskkill = path.join(system32(env), 'taskkill.exe');
    const options = { stdio: 'ignore', windowsHide: true, timeout: 2000 } as const;
    const killer = spawn(taskkill, ['/PID', String(pid), '/T', '/F'], options);
    killer.on('error', () => child.kill()).on('exit', (code) => code !== 0 && child.kill());
    return;
  }
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch {
    // The process group is empty.
  }
}
