import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ActionError } from '../util/errors.ts';

/** The home folder in container jobs and Docker actions, which are Linux only: the same as `$RUNNER_TEMP/_github_home`. */
export const CONTAINER_HOME = '/github/home';

/**
 * Returns a function that says whether the runner has begun another step since. The runner creates files for each step
 * and keeps them until the job ends. Only in a container job: elsewhere signals arrive.
 */
export function watchSteps({ HOME, GITHUB_STATE = '' }: NodeJS.ProcessEnv): () => boolean {
  if (HOME !== CONTAINER_HOME || GITHUB_STATE === '') return () => false;
  const list = () => {
    try {
      return readdirSync(path.dirname(GITHUB_STATE)).filter((name) => name.startsWith('save_state_'));
    } catch {
      return [];
    }
  };
  const before = list();
  return () => {
    const now = list();
    return now.length < before.length || now.some((name) => !before.includes(name));
  };
}

/**
 * Writes to the runner's command files.
 * @throws ActionError `runner-error`
 */
export function writeCommands(write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code = 'file not found' } = error as NodeJS.ErrnoException;
    throw new ActionError(
      'runner-error',
      `The step could not write to the runner's command files (${code}).`,
      code === 'EACCES' || code === 'EPERM'
        ? "The step's user may not write them. In a container job with `options: --user`, remove that option or use the runner's user."
        : 'Free disk space on the runner, where `RUNNER_TEMP` is. Then check what changes that folder during a job.',
    );
  }
}
