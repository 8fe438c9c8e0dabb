import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError, errorCode } from '../util/errors.ts';

/** What Windows reports if another program has the file open. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** Says why Windows refuses to open, move or remove a file; empty for another error. */
export function inUse(error: unknown): string {
  if (process.platform !== 'win32' || !IN_USE.has(errorCode(error))) return '';
  return 'Another program, such as a virus scanner, has it open, or it belongs to another user. ';
}

/** Errors that the path itself causes, on any disk. */
const WRONG_PATH = new Set(['ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP']);

/**
 * Returns a handler that explains why mondoo.yml can't be written to a folder.
 * @param isInput whether the input `config-path` names the folder
 */
export function explainUnwritable(folder: string, isInput: boolean): (error: unknown) => never {
  return (error) => {
    if (error instanceof ActionError) throw error;
    const code = errorCode(error);
    const owner = 'The folder may belong to another user, for example to root in a container of an earlier step.';
    const cause = inUse(error) || (['EACCES', 'EPERM'].includes(code) ? owner : '');
    throw new ActionError(
      isInput && WRONG_PATH.has(code) ? 'invalid-input' : 'runner-error',
      `The step could not write \`mondoo.yml\` to \`${folder}\` (${code}). ${cause}`.trim(),
      `${['ENOSPC', 'EDQUOT'].includes(code) ? 'Free disk space, or set' : 'Set'} the input \`config-path\` to another path.`,
    );
  };
}

export function pathTaken(what: string): ActionError {
  return new ActionError(
    'runner-error',
    `${what} The step left it unchanged.`,
    'Remove it, or set the input `config-path` to another path.',
  );
}

/** Retries on Windows until the signal: a virus scanner that has a file open keeps other programs from it. */
export async function retryBusy<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!inUse(error) || signal.aborted) throw error;
  }
  await sleep(100);
  return retryBusy(act, signal);
}

export async function statIfExists(file: string): Promise<Stats | undefined> {
  return lstat(file).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}
