import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseCommandFile } from '../../simulator/command-files.ts';
import { withDiskEvent } from '../../simulator/disk.ts';
import type { Environment, Job } from '../../simulator/runner.ts';

/** A moment at which a step stands still. */
export interface FileHold {
  /** What the step has to have in its environment. */
  env: Environment;
  reached(): boolean;
  release(): void;
}

/** Holds a step before one of its file operations. */
export function holdAtFileOperation({ folders }: Job, at: number): FileHold {
  const gate = path.join(folders.home, 'gate');
  return {
    env: withDiskEvent({ at, event: 'wait', gate }),
    reached: () => existsSync(`${gate}.reached`),
    release: () => writeFileSync(gate, ''),
  };
}

/** Reads what the first step of a job has saved for its post step, while it is still running. */
export function stateSoFar({ folders }: Job): Record<string, string> {
  const [file = ''] = readdirSync(folders.commandFiles).filter((name) => name.startsWith('save_state'));
  return parseCommandFile(readFileSync(path.join(folders.commandFiles, file), 'utf8'));
}
