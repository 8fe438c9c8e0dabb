import { readFileSync } from 'node:fs';
import { COMPILE_CACHE } from './compile-cache.ts';
import type { Environment } from './runner-environment.ts';

/** A file operation of the step below RUNNER_TEMP or HOME. */
export interface FileOperation {
  /** A function of `node:fs` or `node:fs/promises`. */
  name: string;
  /** The file name; undefined for an open handle. */
  file?: string;
}

export interface DiskEvent {
  /** The number of the operation before which it happens, from 1. */
  at?: number;
  /** A pattern such as `unlink of mondoo.yml`, instead of `at`. */
  of?: string;
  /** How often it happens with `of`. Default: each time. */
  times?: number;
  /** `kill`: SIGKILL. `interrupt`: SIGINT twice, then a slow disk. `wait`: blocks. `E…`: fails. */
  event: 'kill' | 'interrupt' | 'wait' | `E${string}`;
  /** The file that ends `wait`. While the process waits, the same path with `.reached` exists. */
  until?: string;
}

const LOADED: Environment = {
  NODE_OPTIONS: `--import=${new URL('disk-preload.ts', import.meta.url).href}`,
  NODE_COMPILE_CACHE: COMPILE_CACHE,
};

export function withDiskEvent(event: DiskEvent): Environment {
  return { ...LOADED, DISK_EVENT: JSON.stringify(event) };
}

export function withDiskRecord(record: string): Environment {
  return { ...LOADED, DISK_RECORD: record };
}

export function readRecord(record: string): FileOperation[] {
  const lines = readFileSync(record, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as FileOperation);
}
