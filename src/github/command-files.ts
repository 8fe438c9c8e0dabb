import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ActionError } from '../util/errors.ts';

/** The home folder in a container job and in Docker actions, both on Linux: the same as `$RUNNER_TEMP/_github_home`. */
export const CONTAINER_HOME = '/github/home';

/** Lists the files that steps save their state in; only in a container job, and none when the job is over. */
export function stateFiles({ HOME, GITHUB_STATE = '' }: NodeJS.ProcessEnv): string[] {
  if (HOME !== CONTAINER_HOME || GITHUB_STATE === '') return [];
  try {
    return readdirSync(path.dirname(GITHUB_STATE)).filter((name) => name.startsWith('save_state_'));
  } catch {
    return [];
  }
}

/**
 * Tells whether the runner has begun another step. It creates files for each step and keeps them until the job ends;
 * their times tell nothing, as they are copied into the container.
 * @param before the files when this step began
 */
export function hasNewStep(before: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const now = stateFiles(env);
  return now.length < before.length || now.some((name) => !before.includes(name));
}

/**
 * Writes to the runner's command files.
 * @throws ActionError `runner-error`
 */
export function writeCommands(write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code = 'the file is gone' } = error as NodeJS.ErrnoException;
    throw new ActionError(
      'runner-error',
      `What the runner and later steps have to be told could not be written to the runner's files (${code}).`,
      code === 'EACCES' || code === 'EPERM'
        ? "The user that the step runs as may not write to the runner's files. In a container job with `options: --user`, leave that option out or run the container as the runner's user."
        : 'Make room on the disk of the runner, where RUNNER_TEMP is, and look for what changes that folder while a job runs.',
    );
  }
}
