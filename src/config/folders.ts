import { chmod, lstat, mkdir, rmdir } from 'node:fs/promises';
import path, { type PlatformPath } from 'node:path';
import { ActionError } from '../util/errors.ts';
import { errorCode } from './disk-error.ts';

const PRIVATE_FOLDER = 0o700;

/** Of the folders above: never writable for others, whatever the umask is. */
const PUBLIC_FOLDER = 0o755;

/** Lists the folders that must be created for a folder, outermost first. */
export async function missingFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (const at of withParents(folder)) {
    if ((await lstat(at).catch(() => undefined)) !== undefined) break;
    missing.unshift(at);
  }
  return missing;
}

/** Creates folders, the last of them private. One that another job creates at the same time is as good. */
export async function createFolders(missing: string[], folder: string): Promise<void> {
  for (const at of missing) {
    await mkdir(at, at === folder ? PRIVATE_FOLDER : PUBLIC_FOLDER).catch((error) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

/**
 * Makes `.config/mondoo` in the job's own home private.
 * @throws ActionError `runner-error` if one of its folders is a link or no folder
 */
export async function claimFolder(folder: string): Promise<void> {
  const home = path.dirname(path.dirname(folder));
  for (const own of [home, path.dirname(folder), folder]) {
    if ((await lstat(own)).isDirectory()) continue;
    throw new ActionError(
      'runner-error',
      `What stands at ${own} is not a folder, or is a link to one. It was left as it is.`,
      'Remove it, or choose another place with the input config-path.',
    );
  }
  // The umask may have taken permissions away, and an earlier step may have given some.
  await chmod(folder, PRIVATE_FOLDER);
}

/** Removes folders, outermost first in the list, as far as they are empty. */
export async function removeFolders(created: string[]): Promise<void> {
  for (const folder of created.toReversed()) await rmdir(folder).catch(() => {});
}

/** A folder and all that it lies in, the innermost first, up to the root of its drive or share. */
export function withParents(folder: string, paths: PlatformPath = path): string[] {
  const parent = paths.dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent, paths)];
}
