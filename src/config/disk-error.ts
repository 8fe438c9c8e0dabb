import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '../util/errors.ts';

/** What Windows says of a file that another program has open. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** Errors that the path itself causes, on any disk. */
const WRONG_PATH = new Set(['ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP']);

/**
 * Returns what handles an error of the disk: it throws why mondoo.yml can't be written to a folder.
 * @param isInput whether the input `config-path` names it
 */
export function notWritable(folder: string, isInput: boolean): (error: unknown) => never {
  return (error) => {
    if (error instanceof ActionError) throw error;
    const code = errorCode(error);
    const hint =
      code === 'EACCES' || code === 'EPERM'
        ? 'It may belong to another user: a container of an earlier step that ran as root, for one.'
        : 'Make room for it, or mend the path.';
    throw new ActionError(
      isInput && WRONG_PATH.has(code) ? 'invalid-input' : 'runner-error',
      `mondoo.yml cannot be written to ${folder} (${code}).`,
      `${hint} Or choose another place with the input config-path.`,
    );
  };
}

export function inTheWay(what: string): ActionError {
  return new ActionError(
    'runner-error',
    `${what} It was left as it is.`,
    'Remove it, or choose another place with the input config-path.',
  );
}

/**
 * Does something with a file, on Windows in several attempts: a file can be neither moved nor removed while another
 * program, such as a virus scanner, has it open.
 * @param act looks at the file again in each attempt
 */
export async function retryBusy<T>(act: () => Promise<T>, attempts = 10): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (process.platform !== 'win32' || !IN_USE.has(errorCode(error)) || attempts === 1) throw error;
  }
  await sleep(100);
  return retryBusy(act, attempts - 1);
}

/** What is at a path, if anything is. */
export async function lookAt(file: string): Promise<Stats | undefined> {
  return lstat(file).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
