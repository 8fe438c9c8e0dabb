import { existsSync } from 'node:fs';
import { ActionError } from '../errors.ts';

/** The files by which a step tells the runner what its post step and later steps depend on. */
const COMMAND_FILES = ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV'];

/**
 * Finds out whether the runner has gone on without this step: it removes a step's files when another one begins. In a
 * container job that one may be post, as no signal tells this one that the job is cancelled.
 * @returns what is wrong then
 */
export function leftBehind(): ActionError | undefined {
  const gone = COMMAND_FILES.flatMap((name) => process.env[name] || []).find((file) => !existsSync(file));
  if (gone === undefined) return undefined;
  return new ActionError(
    'invalid-input',
    `The file ${gone}, by which the step tells the runner what came of it, is gone while the step is still running.`,
    'The runner removes it when it goes on to another step, as it does where a job in a container is cancelled: run that job again. Otherwise look for what empties that folder while a job runs.',
  );
}

/**
 * Makes sure that somebody still waits for what this step does.
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
    requireRunner();
    const { code = 'the file is gone' } = error as NodeJS.ErrnoException;
    throw new ActionError(
      'invalid-input',
      `What the runner and later steps have to be told could not be written to the runner's files (${code}).`,
      'Make room on the disk of the runner, where RUNNER_TEMP is, and look for what changes that folder while a job runs.',
    );
  }
  // What was written to a file that is there again, as it was being written to in that very moment, nobody reads.
  requireRunner();
}
