import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ActionError } from '../errors.ts';

/**
 * The home folder in a container job and in Docker actions: the same folder as `$RUNNER_TEMP/_github_home`.
 * Both run on Linux only.
 */
export const CONTAINER_HOME = '/github/home';

/** How the file is called by which a step leaves its state. */
const STATE_FILE = /^save_state_/;

/** The files that steps left their state by, when this one began. */
const atStart = new Set(stateFiles());

/**
 * Finds out whether the runner has gone on without this step: in a container job no signal tells it that the job is
 * cancelled, and post may run beside it. The runner makes files for each step when that begins, and keeps them until
 * the job ends. Their times tell nothing where they are copied into the container. Elsewhere nobody is asked, as steps
 * of a job may run side by side one day.
 * @returns what is wrong then
 */
export function leftBehind(): ActionError | undefined {
  const now = stateFiles();
  if (now.length >= atStart.size && now.every((name) => atStart.has(name))) return undefined;
  return new ActionError(
    'invalid-input',
    'The runner has gone on to another step of the job while this one was still running.',
    'A job in a container that is cancelled ends like this: run it again.',
  );
}

/** Lists them in a container job; none elsewhere, and when the job is over. */
function stateFiles(): string[] {
  const { HOME, GITHUB_STATE = '' } = process.env;
  if (HOME !== CONTAINER_HOME || GITHUB_STATE === '') return [];
  try {
    return readdirSync(path.dirname(GITHUB_STATE)).filter((name) => STATE_FILE.test(name));
  } catch {
    return [];
  }
}

/**
 * Makes sure that the job still waits for what this step does.
 * @throws ActionError
 */
export function requireRunner(): void {
  const obstacle = leftBehind();
  if (obstacle) throw obstacle;
}

/**
 * Tells the runner something by its files.
 * @param tell calls the toolkit, and does nothing else
 * @throws ActionError when it does not come to know of it
 */
export function tellRunner(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    const { code = 'the file is gone' } = error as NodeJS.ErrnoException;
    throw new ActionError(
      'invalid-input',
      `What the runner and later steps have to be told could not be written to the runner's files (${code}).`,
      'Make room on the disk of the runner, where RUNNER_TEMP is, and look for what changes that folder while a job runs.',
    );
  }
  // It may have come too late.
  requireRunner();
}
