import { readFileSync } from 'node:fs';
import { COMPILE_CACHE } from './compile-cache.ts';
import type { Environment } from './runner-environment.ts';

/** One thing that a step does with a file below the runner's temporary folder or the home folder. */
export interface FileOperation {
  /** The name of a function of `node:fs` or `node:fs/promises`. */
  name: string;
  /** Its file, without the folder; nothing where the step holds it open. */
  file?: string;
}

/** What happens to a step at one of its file operations. */
export interface DiskEvent {
  /** The number of the operation that it happens before, from 1. */
  at: number;
  /**
   * `kill` ends the process as SIGKILL does. `interrupt` sends it SIGINT, twice, and all is slow from then on. `wait`
   * holds the process until the file `gate` is there. A code such as `EIO` fails the operation.
   */
  event: 'kill' | 'interrupt' | 'wait' | `E${string}`;
  /** A file that comes with `.reached` behind its name when the process is held. */
  gate?: string;
}

const LOADED: Environment = {
  NODE_OPTIONS: `--import=${new URL('disk-preload.ts', import.meta.url).href}`,
  NODE_COMPILE_CACHE: COMPILE_CACHE,
};

/** The environment of a step to whose files something happens. */
export function withDiskEvent(event: DiskEvent): Environment {
  return { ...LOADED, DISK_EVENT: JSON.stringify(event) };
}

/** The environment of a step that writes down what it does with files. */
export function withDiskRecord(record: string): Environment {
  return { ...LOADED, DISK_RECORD: record };
}

/** Reads what a step wrote down there. */
export function readRecord(record: string): FileOperation[] {
  const lines = readFileSync(record, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as FileOperation);
}
