import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ActionError } from '../util/errors.ts';

/** The name of the one value that main hands to post. */
export const STATE = 'cleanup';

/** The home folder in container jobs and Docker actions, which are Linux only: the same as `$RUNNER_TEMP/_github_home`. */
const CONTAINER_HOME = '/github/home';

/**
 * Chooses where mondoo.yml goes: a path that every later step can read, Docker actions included, and that is outside
 * the workspace, so that it ends up in no image, cache or artifact.
 * @param paths how the runner's system writes paths
 * @throws ActionError `invalid-input` when the environment is not a runner's
 */
export function defaultConfigPath({ HOME, RUNNER_TEMP }: NodeJS.ProcessEnv, paths = path): string {
  const home = HOME === CONTAINER_HOME ? HOME : RUNNER_TEMP && paths.join(RUNNER_TEMP, '_github_home');
  if (home) return paths.join(home, '.config', 'mondoo', 'mondoo.yml');
  throw new ActionError(
    'invalid-input',
    'The variable `RUNNER_TEMP` is not set, so `mondoo.yml` has no default path.',
    'Run the action in a GitHub Actions workflow, or set the input `config-path`.',
  );
}

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
        ? "The step's user isn't allowed to write them. In a container job with `options: --user`, remove that option or use the runner's user."
        : 'Free disk space on the runner, where `RUNNER_TEMP` is. Then check what changes that folder during a job.',
    );
  }
}
