import { ftruncateSync, writeSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { restrictAccess } from './access-list.ts';
import { errorCode, lookAt, notWritable } from './disk-error.ts';
import { claimFolder, createFolders, missingFolders } from './folders.ts';
import type { CleanupManifest, Remember } from './manifest.ts';

export interface ReserveOptions {
  /** The most bytes that the file will need. */
  room: number;
  env: NodeJS.ProcessEnv;
  remember: Remember;
  /** Gets the folders that are created, each behind those that it lies in. */
  createdFolders: string[];
}

/**
 * Creates a file that only its owner can read, with its folders and room for its text. It is written through its
 * handle: its name may lead elsewhere by then.
 * @param isOwnFolder whether it lies in the job's own home, rather than where the workflow says
 * @param change is what post must know of it, before it exists
 * @throws ActionError if the file exists or can't be written
 */
export async function createPrivateFile(
  file: string,
  isOwnFolder: boolean,
  { room, env, remember, createdFolders }: ReserveOptions,
  change: CleanupManifest,
) {
  const folder = path.dirname(file);
  const fail = notWritable(folder, !isOwnFolder);
  const create = async () => {
    const missing = await missingFolders(folder);
    createdFolders.push(...missing);
    remember({ ...change, createdFolders });
    await createFolders(missing);
    if (isOwnFolder) await claimFolder(folder);
    return open(file, 'wx', 0o600);
  };
  // The post step of another job may have removed the folder just now, as it was empty.
  const createAgain = (error: unknown) => (errorCode(error) === 'ENOENT' ? create() : fail(error));
  const handle = await create().catch(createAgain).catch(fail);

  /** Makes the file hold this text and nothing else. It is synchronous, so that no signal comes in between. */
  const write = (text: string) => {
    const bytes = Buffer.from(text);
    try {
      // A disk that is nearly full may take less at a time.
      for (let at = 0; at < bytes.length; ) at += writeSync(handle.fd, bytes, at, bytes.length - at, at);
      ftruncateSync(handle.fd, bytes.length);
    } catch (error) {
      fail(error);
    }
  };
  /** Tells whether the name still leads to this file. */
  const isInPlace = async () => {
    const [open, named] = await Promise.all([handle.stat(), lookAt(file)]);
    if (named === undefined) return false;
    // On Windows, the number of a volume depends on the way of asking, and only administrators can create links.
    return process.platform === 'win32' || (open.ino === named.ino && open.dev === named.dev);
  };

  try {
    if (process.platform === 'win32') await restrictAccess(file, env);
    write('\n'.repeat(room));
    return { write, isInPlace, close: () => handle.close() };
  } catch (error) {
    // On Windows the name of an open file can't be removed.
    await handle.close().catch(() => {});
    await unlink(file).catch(() => {});
    throw error;
  }
}
