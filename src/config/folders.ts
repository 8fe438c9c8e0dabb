import { chmod, lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inTheWay, lookAt } from './disk-error.ts';

const PRIVATE = 0o700;

/** For the folders above: not writable for others, whatever the umask is. */
const PUBLIC = 0o755;

/** Lists the folders that must be created for a folder, outermost first. */
export async function missingFolders(folder: string): Promise<string[]> {
  const parent = path.dirname(folder);
  if (parent === folder || (await lookAt(folder))) return [];
  return [...(await missingFolders(parent)), folder];
}

/** Creates folders, the last one private. Another job may create them at the same time. */
export async function createFolders(missing: string[]): Promise<void> {
  for (const folder of missing) {
    await mkdir(folder, { recursive: true, mode: folder === missing.at(-1) ? PRIVATE : PUBLIC });
  }
}

/**
 * Makes `.config/mondoo` in the job's own home private.
 * @throws ActionError `runner-error` if one of its folders is a link or no folder
 */
export async function claimFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const own of [path.dirname(parent), parent, folder]) {
    const isFolder = (await lstat(own)).isDirectory();
    if (!isFolder) throw inTheWay(`\`${own}\` is not a folder, or it is a link to one.`);
  }
  // The umask may have taken permissions away, and an earlier step may have given some.
  await chmod(folder, PRIVATE);
}
