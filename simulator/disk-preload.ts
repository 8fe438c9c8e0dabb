/**
 * Stands between a step and its disk: loaded into the step's process before its own code, it counts what is done with
 * the files below the runner's temporary folder, and lets something happen at one of these operations.
 */
import fs, { type PathLike } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskEvent, FileOperation } from './disk.ts';

const { DISK_EVENT, DISK_RECORD, RUNNER_TEMP = '' } = process.env;
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
  'rmdir',
  'unlink',
  'writeFile',
] as const;
const SYNCHRONOUS = ['appendFileSync', 'ftruncateSync', 'writeSync'] as const;

let count = 0;
const countOf = new Map<string, number>();

/** Counts an operation. */
function isPlanned(operation: FileOperation): boolean {
  count++;
  if (DISK_RECORD !== undefined) appendFileSync(DISK_RECORD, `${JSON.stringify(operation)}\n`);
  const at = planned?.at;
  if (at === undefined || typeof at === 'number') return at === count;
  if (at.name !== operation.name || !(operation.file ?? '').endsWith(at.file ?? '')) return false;
  const nth = (countOf.get(at.name) ?? 0) + 1;
  countOf.set(at.name, nth);
  return nth === (at.nth ?? 1);
}

function operationOn(name: string, file: PathLike | number): FileOperation | undefined {
  if (typeof file === 'number') return { name };
  const relative = path.relative(RUNNER_TEMP, String(file));
  return relative.startsWith('..') ? undefined : { name, file: path.basename(relative) };
}

/** The time in which the process comes to hear of a signal, in milliseconds; as long the disk keeps it waiting. */
const MOMENT = 50;

function happen(file: PathLike | number): void {
  const { event, gate = '' } = planned as DiskEvent;
  if (event === 'kill') process.kill(process.pid, 'SIGKILL');
  else if (event === 'interrupt') process.kill(process.pid, 'SIGINT');
  else if (event === 'wait') waitFor(gate);
  else throw Object.assign(new Error(`${event}: told to fail`), { code: event, path: file });
}

/** Holds the whole process: nothing else of it is to go on either. */
function waitFor(gate: string): void {
  writeFileSync(`${gate}.reached`, '');
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(gate)) Atomics.wait(nothing, 0, 0, 5);
}

async function happenMeanwhile(file: PathLike): Promise<void> {
  happen(file);
  if (planned?.event === 'interrupt') await sleep(MOMENT);
}

type Asynchronous = (file: PathLike, ...rest: unknown[]) => Promise<unknown>;
type Synchronous = (file: PathLike | number, ...rest: unknown[]) => unknown;

for (const name of ASYNCHRONOUS) {
  const original = fs.promises[name] as Asynchronous;
  const replacement: Asynchronous = async (file, ...rest) => {
    const operation = operationOn(name, file);
    const isIt = operation !== undefined && isPlanned(operation);
    if (isIt && !planned?.done) await happenMeanwhile(file);
    const result = await original(file, ...rest);
    if (isIt && planned?.done) await happenMeanwhile(file);
    return result;
  };
  Object.assign(fs.promises, { [name]: replacement });
}
for (const name of SYNCHRONOUS) {
  const original = fs[name] as Synchronous;
  const replacement: Synchronous = (file, ...rest) => {
    const operation = operationOn(name, file);
    const isIt = operation !== undefined && isPlanned(operation);
    if (isIt && !planned?.done) happen(file);
    const result = original(file, ...rest);
    if (isIt && planned?.done) happen(file);
    return result;
  };
  Object.assign(fs, { [name]: replacement });
}
syncBuiltinESMExports();
