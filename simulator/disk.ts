import type { Environment } from './runner-environment.ts';

/** One thing that a step does with a file below the runner's temporary folder. */
export interface FileOperation {
  /** The name of a function of `node:fs` or `node:fs/promises`. */
  name: string;
  /** Its file, without the folder; nothing where the step holds it open. */
  file?: string;
}

/** What happens to a step at one of its file operations. */
export interface DiskEvent {
  /** Which operation: the number of it, from 1, or the first one of this name, and of a file that ends so. */
  at: number | { name: string; file?: string; nth?: number };
  /** Whether it has been done by then; otherwise it is about to begin. */
  done?: boolean;
  /**
   * `kill` ends the process as SIGKILL does. `interrupt` sends it SIGINT, and the disk takes a moment for what it was
   * asked for. `wait` holds the process until the file `gate` is there. A code such as `EBUSY` fails it.
   */
  event: 'kill' | 'interrupt' | 'wait' | `E${string}`;
  /** A file that comes with `.reached` behind its name when the process is held. */
  gate?: string;
}

const PRELOAD = new URL('disk-preload.ts', import.meta.url).href;

/** The environment of a step to whose files something happens. */
export function withDiskEvent(event: DiskEvent): Environment {
  return { NODE_OPTIONS: `--import=${PRELOAD}`, DISK_EVENT: JSON.stringify(event) };
}

/** The environment of a step that writes down what it does with files. */
export function withDiskRecord(record: string): Environment {
  return { NODE_OPTIONS: `--import=${PRELOAD}`, DISK_RECORD: record };
}
