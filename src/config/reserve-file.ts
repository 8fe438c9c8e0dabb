import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, notWritable } from './disk-error.ts';
import { claimFolder, createFolders, missingFolders } from './folders.ts';
import type { CleanupManifest, Remember } from './manifest.ts';
import { PrivateFile } from './private-file.ts';

export interface ReserveOptions {
  /** The most bytes that the file will need. */
  room: number;
  env: NodeJS.ProcessEnv;
  remember: Remember;
  /** Gets the folders that are created, outermost first. */
  createdFolders: string[];
}

/**
 * Creates a private file with its folders, and room for its text.
 * @param change is what post must know of it, before it exists
 */
export async function reserveFile(
  file: string,
  isOwnFolder: boolean,
  { room, env, remember, createdFolders }: ReserveOptions,
  change: CleanupManifest,
): Promise<PrivateFile> {
  const folder = path.dirname(file);
  let reserved: PrivateFile | undefined;
  const create = async () => {
    const missing = await missingFolders(folder);
    createdFolders.push(...missing.filter((name) => !createdFolders.includes(name)));
    createdFolders.sort();
    remember({ ...change, createdFolders });
    await createFolders(missing, folder);
    if (isOwnFolder) await claimFolder(folder);
    return PrivateFile.create(file, env);
  };
  try {
    reserved = await create().catch((error) => {
      // The post step of another job may have removed the folder just now, as it was empty.
      if (errorCode(error) !== 'ENOENT') throw error;
      return create();
    });
    reserved.write('\n'.repeat(room));
    return reserved;
  } catch (error) {
    await reserved?.close().catch(() => {});
    if (reserved) await unlink(file).catch(() => {});
    throw notWritable(folder, error, !isOwnFolder);
  }
}
