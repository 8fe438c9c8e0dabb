import { existsSync } from 'node:fs';
import { ActionError } from '../errors.ts';

/** The files by which a step tells the runner something that later steps, or its post step, depend on. */
const COMMAND_FILES = ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH'];

/**
 * Tells whether the runner has gone on without this step: it removes a step's files when another one begins. In a
 * container job that one may be post, as no signal tells this one that the job is cancelled.
 * @returns what is wrong then
 */
export function leftBehind(): ActionError | undefined {
  // One of them alone may be there again: what is being added to in that very moment.
  if (commandFiles().every((file) => existsSync(file))) return undefined;
  return new ActionError(
    'invalid-input',
    'The runner has gone on to another step while this one was still running, so this one has taken back what it did.',
    'A job in a container that is cancelled ends like this. Run it again.',
  );
}

/**
 * Says why the runner could not be told something.
 * @param error what came of it
 * @throws error where it is about something else
 */
export function whyUntold(error: unknown): ActionError {
  const { code, path = '' } = error as NodeJS.ErrnoException;
  const obstacle = error instanceof ActionError ? error : leftBehind();
  if (obstacle !== undefined) return obstacle;
  if (code === undefined || !commandFiles().includes(path)) throw error;
  return new ActionError(
    'invalid-input',
    `What the runner and later steps have to be told could not be written to ${path} (${code}).`,
    'Make room on the disk of the runner, and look for what changes its folder while the job runs.',
  );
}

function commandFiles(): string[] {
  return COMMAND_FILES.flatMap((name) => process.env[name] || []);
}
