import path from 'node:path';
import { ActionError } from '../util/errors.ts';
import { CONTAINER_HOME } from './command-files.ts';

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
    'The variable `RUNNER_TEMP` is not set, so mondoo.yml has no default path.',
    'Run the action in a GitHub Actions workflow, or set the input `config-path`.',
  );
}
