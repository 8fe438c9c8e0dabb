import { constants, open, rmdir, unlink } from 'node:fs/promises';
import { errorCode } from '../util/errors.ts';
import { inUse, isMissing, retryBusy } from './disk-error.ts';
import type { CleanupManifest, ConfigManifest } from './manifest.ts';
import { isOurs, keyHashesIn, LONGEST, readText } from './read.ts';

/** How long post waits for a file that is in use, in milliseconds. */
export const IN_USE_TIMEOUT = 10_000;

/** `changed`: the file holds another key now; `foreign`: it holds none. Both are left alone. `failed`: can't be removed. */
export type Outcome = 'removed' | 'copy removed' | 'key removed' | 'changed' | 'foreign' | 'failed';

/**
 * Removes the files of a step and the folders that they leave empty: mondoo.yml if it holds the key that the step wrote,
 * even if later steps changed the rest of it.
 * @param timeout how long a file that is in use is waited for, in milliseconds
 * @returns what became of each file that existed
 */
export async function removeFiles(
  { config, keyFile, createdFolders = [] }: CleanupManifest,
  warn: (text: string) => void,
  timeout = IN_USE_TIMEOUT,
): Promise<[Outcome, file: string][]> {
  const outcomes: [Outcome, string][] = [];
  const failures: string[] = [];
  const signal = AbortSignal.timeout(timeout);
  let [cause, hint] = ['', ''];
  const attempt = async (file: string, remove: () => Promise<Outcome | undefined>) => {
    const outcome = await retryBusy(remove, signal).catch(async (error) => {
      if (isMissing(error)) return undefined;
      // `unlink` runs only on our own files.
      const isEmpty = error.syscall === 'unlink' && (await overwrite(file));
      failures.push(`\`${file}\` (${errorCode(error)}${isEmpty ? ', overwritten' : ''})`);
      if (!isEmpty) hint = 'They may hold a private key. ';
      cause = inUse(error);
      return 'failed' as const;
    });
    if (outcome) outcomes.push([outcome, file]);
  };
  if (config) await attempt(config.temporaryPath, () => removeTemporary(config.temporaryPath));
  if (config) await attempt(config.path, () => removePublished(config));
  if (keyFile) await attempt(keyFile, () => unlink(keyFile).then(() => 'key removed'));
  for (const folder of createdFolders.toReversed()) await rmdir(folder).catch(() => {});
  if (failures.length > 0) {
    warn(`The step could not remove its files: ${failures.join(' and ')}. ${cause}${hint}Remove them.`);
  }
  return outcomes;
}

/** Overwrites a file in place, as far as it was read. @returns whether that worked */
async function overwrite(file: string): Promise<boolean> {
  try {
    // A link or a pipe may have taken the name.
    await using handle = await open(file, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(Math.min(size, LONGEST)));
    await handle.truncate();
    return true;
  } catch {
    return false;
  }
}

async function removeTemporary(file: string): Promise<Outcome | undefined> {
  const text = await readText(file).catch(() => '');
  // Reserved room is blank. Another program may have taken the name.
  if (!isOurs(text) && text.trim() !== '') return undefined;
  await unlink(file);
  return 'copy removed';
}

async function removePublished({ path, isDefaultPlace, keyHash }: ConfigManifest): Promise<Outcome | undefined> {
  if (keyHash === undefined) return undefined;
  const hashes = await readText(path).then(keyHashesIn, (error) => {
    if (!isDefaultPlace) throw error;
    // In the default place, a file that can't be read is the step's own.
    return [keyHash];
  });
  if (!hashes.includes(keyHash)) return hashes.length > 0 ? 'changed' : 'foreign';
  await unlink(path);
  return 'removed';
}
