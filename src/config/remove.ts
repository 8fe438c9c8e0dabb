import { open, unlink } from 'node:fs/promises';
import { errorCode, isMissing, lookAt, retryBusy } from './disk-error.ts';
import { keyHashesIn } from './key-hash.ts';
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

  constructor(remains: CleanupError['remains']) {
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
export async function removeConfig({ path, temporaryPath, isDefaultPlace, keyHash }: ConfigManifest): Promise<Removal> {
  const remains: CleanupError['remains'] = [];
  const copy = await attempt(temporaryPath, remains, () => removeTemporary(temporaryPath));
  const removal = keyHash && (await attempt(path, remains, () => removePublished(path, isDefaultPlace, keyHash)));
  if (remains.length > 0) throw new CleanupError(remains);
  return removal || copy || 'absent';
}

/**
 * Removes the file with the key of a minted client, if it is there.
 * @throws CleanupError
 */
export async function removeKeyFile(path: string): Promise<boolean> {
  const remains: CleanupError['remains'] = [];
  const isRemoved = await attempt(path, remains, () => unlink(path).then(() => true));
  if (remains.length > 0) throw new CleanupError(remains);
  return isRemoved ?? false;
}

/** Removes a file; nothing comes of one that is gone, or remains. */
async function attempt<T>(file: string, remains: CleanupError['remains'], act: () => Promise<T>) {
  return retryBusy(act).catch((error) => {
    if (!isMissing(error)) remains.push({ file, code: errorCode(error) });
    return undefined;
  });
}

async function removeTemporary(file: string): Promise<Removal | undefined> {
  const text = await read(file).catch(() => '');
  // Room that was reserved holds nothing but line ends. Another program may have taken the name.
  if (text === undefined || !(isOurs(text) || text.trim() === '')) return undefined;
  await unlink(file);
  return 'copy removed';
}

async function removePublished(path: string, isDefaultPlace: boolean, keyHash: string): Promise<Removal | undefined> {
  let hashes: string[];
  try {
    const text = await read(path);
    if (text === undefined) return undefined;
    hashes = keyHashesIn(text);
  } catch (error) {
    // In the default place it can only be the step's own.
    if (!isDefaultPlace) throw error;
    hashes = [keyHash];
  }
  if (!hashes.includes(keyHash)) return hashes.length > 0 ? 'changed' : 'foreign';
  await unlink(path);
  return 'removed';
}

/** Reads the start of a file; nothing from a pipe, which would block, or a link, which leads elsewhere. */
async function read(file: string): Promise<string | undefined> {
  const stats = await lookAt(file);
  if (!stats?.isFile()) return stats && '';
  await using handle = await open(file);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST));
  return buffer.toString('utf8', 0, bytesRead);
}
