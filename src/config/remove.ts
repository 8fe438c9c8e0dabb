import { lstat, open, unlink } from 'node:fs/promises';
import { errorCode, ignoreMissing, isMissing, retryBusy } from './disk-error.ts';
import { holdsAnyKey, holdsKey } from './key-hash.ts';
import type { ConfigManifest } from './manifest.ts';
import { isOurs } from './mark.ts';

/** The longest file that is looked at, in bytes. */
const LONGEST = 1024 * 1024;

/**
 * What became of mondoo.yml: `changed` if it holds another key by now, `foreign` if it holds none or is no file;
 * `copy removed` if only the temporary file was there.
 */
export type Removal = 'removed' | 'copy removed' | 'absent' | 'changed' | 'foreign';

/** Files of a step that can't be removed. */
export class CleanupError extends Error {
  readonly remains: { file: string; code: string }[];

  constructor(remains: { file: string; code: string }[]) {
    super('files are left');
    this.name = 'CleanupError';
    this.remains = remains;
  }
}

/**
 * Removes mondoo.yml if it holds the key that the step wrote, whatever else later steps changed in it, and the
 * temporary file.
 * @throws CleanupError
 */
export async function removeConfig(manifest: ConfigManifest): Promise<Removal> {
  const remains: CleanupError['remains'] = [];
  const attempt = async <T>(file: string, otherwise: T, act: () => Promise<T>): Promise<T> => {
    try {
      return await retryBusy(act);
    } catch (error) {
      if (!isMissing(error)) remains.push({ file, code: errorCode(error) });
      return otherwise;
    }
  };
  const { path, temporaryPath, keyHash } = manifest;
  const hadCopy = await attempt(temporaryPath, false, () => removeTemporary(temporaryPath));
  const removal: Removal =
    keyHash === undefined ? 'absent' : await attempt<Removal>(path, 'absent', () => removePublished(manifest, keyHash));
  if (remains.length > 0) throw new CleanupError(remains);
  return removal === 'absent' && hadCopy ? 'copy removed' : removal;
}

/**
 * Removes the file with the key of a minted client.
 * @throws CleanupError
 */
export async function removeKeyFile(path: string): Promise<boolean> {
  try {
    await retryBusy(() => unlink(path));
  } catch (error) {
    if (!isMissing(error)) throw new CleanupError([{ file: path, code: errorCode(error) }]);
    return false;
  }
  return true;
}

async function removeTemporary(file: string): Promise<boolean> {
  const unreadable: Reading = { exists: true };
  const { exists, text = '' } = await read(file).catch(() => unreadable);
  // Room that was reserved holds nothing but line ends. Another program may have taken the name.
  const isOwn = exists && (isOurs(text) || text.trim() === '');
  if (isOwn) await unlink(file);
  return isOwn;
}

async function removePublished({ path, isDefaultPlace }: ConfigManifest, keyHash: string): Promise<Removal> {
  let found: Reading;
  try {
    found = await read(path);
  } catch (error) {
    // In the default place it can only be the step's own.
    if (!isDefaultPlace || isMissing(error)) throw error;
    await unlink(path);
    return 'removed';
  }
  const { exists, text } = found;
  if (!exists) return 'absent';
  if (text === undefined) return 'foreign';
  if (!holdsKey(text, keyHash)) return holdsAnyKey(text) ? 'changed' : 'foreign';
  await unlink(path);
  return 'removed';
}

/** What is at a path; text only of a regular file. */
interface Reading {
  exists: boolean;
  text?: string;
}

/** Reads the start of a regular file: a pipe would block, and a link leads elsewhere. */
async function read(file: string): Promise<Reading> {
  const stats = await lstat(file).catch(ignoreMissing);
  if (!stats?.isFile()) return { exists: stats !== undefined };
  await using handle = await open(file);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST));
  return { exists: true, text: buffer.toString('utf8', 0, bytesRead) };
}
