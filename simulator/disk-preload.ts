/** Loaded before the step's code: counts its file operations below RUNNER_TEMP and HOME, and triggers the event. */
import fs, { type PathLike } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskEvent, FileOperation } from './disk.ts';

const { DISK_EVENT, DISK_RECORD, RUNNER_TEMP = '', HOME = '' } = process.env;
const planned: DiskEvent | undefined = DISK_EVENT === undefined ? undefined : JSON.parse(DISK_EVENT);

const { appendFileSync, existsSync, writeFileSync } = fs;

const ASYNCHRONOUS = [
  'access',
  'appendFile',
  'chmod',
  'lstat',
  'mkdir',
  'open',
  'readdir',
  'readFile',
  'rename',
  'rm',
  'rmdir',
  'unlink',
  'writeFile',
] as const;
const HANDLE_OPERATIONS = ['close', 'stat'] as const satisfies (keyof FileHandle)[];
const SYNCHRONOUS = ['appendFileSync', 'ftruncateSync', 'writeSync'] as const;

let count = 0;
let triggered = 0;

function beforeOperation(name: string, file?: PathLike | number): void {
  const operation: FileOperation = { name };
  if (file !== undefined && typeof file !== 'number') {
    const paths = [RUNNER_TEMP, HOME].map((folder) => path.relative(folder, String(file)));
    if (paths.every((relative) => relative.startsWith('..'))) return;
    operation.file = path.basename(String(file));
  }
  count++;
  if (DISK_RECORD !== undefined) appendFileSync(DISK_RECORD, `${JSON.stringify(operation)}\n`);
  if (!planned) return;
  const isOne = planned.of !== undefined && new RegExp(planned.of).test(`${name} of ${operation.file}`);
  if (isOne ? triggered++ < (planned.times ?? Number.POSITIVE_INFINITY) : planned.at === count) {
    triggerEvent(planned, name);
  }
}

/** The delay of each later operation, in milliseconds. */
const SLOW = 20;

let isSlow = false;

function triggerEvent({ event, until = '' }: DiskEvent, syscall: string): void {
  if (event === 'kill') process.kill(process.pid, 'SIGKILL');
  else if (event === 'interrupt') interrupt();
  else if (event === 'wait') waitFor(until);
  else throw Object.assign(new Error(`${event}: planned failure`), { code: event, syscall });
}

/** Blocks the whole process. */
function waitFor(file: string): void {
  writeFileSync(`${file}.reached`, '');
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  const { ppid } = process;
  // Ends with its parent, because then nothing creates the file.
  while (!existsSync(file) && process.ppid === ppid) Atomics.wait(nothing, 0, 0, 5);
}

function interrupt(): void {
  process.kill(process.pid, 'SIGINT');
  // Twice, like a person who presses Ctrl-C again.
  setTimeout(() => process.kill(process.pid, 'SIGINT'), SLOW / 2).unref();
  isSlow = true;
  delayOutput();
}

/** Delays writes to stdout that have a callback, like a slow reader of a pipe. */
function delayOutput(): void {
  const write = process.stdout.write.bind(process.stdout) as (...args: unknown[]) => boolean;
  process.stdout.write = (...args: unknown[]) => {
    if (typeof args.at(-1) !== 'function') return write(...args);
    setTimeout(() => write(...args), 10 * SLOW);
    return true;
  };
}

type Asynchronous = (file: PathLike, ...rest: unknown[]) => Promise<unknown>;
type Synchronous = (file: PathLike | number, ...rest: unknown[]) => unknown;

for (const name of ASYNCHRONOUS) {
  const original = fs.promises[name] as Asynchronous;
  const replacement: Asynchronous = async (file, ...rest) => {
    beforeOperation(name, file);
    if (isSlow) await sleep(SLOW);
    const result = await original(file, ...rest);
    return name === 'open' ? watchHandle(result as FileHandle) : result;
  };
  Object.assign(fs.promises, { [name]: replacement });
}
for (const name of SYNCHRONOUS) {
  const original = fs[name] as Synchronous;
  const replacement: Synchronous = (file, ...rest) => {
    beforeOperation(name, file);
    return original(file, ...rest);
  };
  Object.assign(fs, { [name]: replacement });
}
syncBuiltinESMExports();

function watchHandle(handle: FileHandle): FileHandle {
  for (const name of HANDLE_OPERATIONS) {
    const original = handle[name].bind(handle) as () => Promise<unknown>;
    const replacement = async () => {
      beforeOperation(name);
      if (isSlow) await sleep(SLOW);
      return original();
    };
    Object.assign(handle, { [name]: replacement });
  }
  return handle;
}
