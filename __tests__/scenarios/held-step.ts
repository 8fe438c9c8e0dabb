import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseCommandFile } from '../../simulator/command-files.ts';
import { withDiskEvent } from '../../simulator/disk.ts';
import type { Environment, Job } from '../../simulator/runner.ts';

/** A file operation before which a step is held. */
export interface FileHold {
  /** Variables that hold the step. */
  env: Environment;
  reached(): boolean;
  release(): void;
}

export function holdAtFileOperation({ folders }: Job, at: number): FileHold {
  const until = path.join(folders.home, 'held-until');
  return {
    env: withDiskEvent({ at, event: 'wait', until }),
    reached: () => existsSync(`${until}.reached`),
    release: () => writeFileSync(until, ''),
  };
}

/** Reads the state that the first step of a job has saved for post, while the step is still running. */
export function stateSoFar({ folders }: Job): Record<string, string> {
  const [file = ''] = readdirSync(folders.commandFiles).filter((name) => name.startsWith('save_state'));
  return parseCommandFile(readFileSync(path.join(folders.commandFiles, file), 'utf8'));
}
