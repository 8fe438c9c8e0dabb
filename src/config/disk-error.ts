import { ActionError } from '../util/errors.ts';

/** What Windows says of a file that another program has open. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);

const ATTEMPTS = 10;

/** Milliseconds between two attempts. */
const PAUSE = 100;

/** Errors that the path itself causes, on any disk. */
const WRONG_PATH = new Set(['ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP']);

/**
 * Says why mondoo.yml can't be written to a folder.
 * @param isInput whether the input `config-path` names it
 */
export function notWritable(folder: string, error: unknown, isInput: boolean): ActionError {
  if (error instanceof ActionError) return error;
  const code = errorCode(error);
  const hint =
    code === 'EACCES' || code === 'EPERM'
      ? 'It may belong to another user: a container of an earlier step that ran as root, for one.'
      : 'Make room for it, or mend the path.';
  return new ActionError(
    isInput && WRONG_PATH.has(code) ? 'invalid-input' : 'runner-error',
    `mondoo.yml cannot be written to ${folder} (${code}).`,
    `${hint} Or choose another place with the input config-path.`,
  );
}

/**
 * Does something with a file, on Windows in several attempts: a file can be neither moved nor removed while another
 * program, such as a virus scanner, has it open.
 * @param act looks at the file again in each attempt
 */
export async function retryBusy<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const isInUse = process.platform === 'win32' && IN_USE.has(errorCode(error));
      if (!isInUse || attempt === ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

export function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}

export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
