import { ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
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

/** A new file that only its owner can read. It is written through its handle: its name may lead elsewhere by then. */
export class PrivateFile {
  readonly path: string;
  /** Handles an error of the disk. */
  readonly fail: (error: unknown) => never;
  private readonly handle: FileHandle;

  private constructor(file: string, handle: FileHandle, fail: (error: unknown) => never) {
    this.path = file;
    this.handle = handle;
    this.fail = fail;
  }

  /**
   * Creates the file, which must not exist, with its folders, and room for its text.
   * @param isOwnFolder whether it lies in the job's own home, rather than where the workflow says
   * @param change is what post must know of it, before it exists
   * @throws ActionError
   */
  static async reserve(
    file: string,
    isOwnFolder: boolean,
    { room, env, remember, createdFolders }: ReserveOptions,
    change: CleanupManifest,
  ): Promise<PrivateFile> {
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
    const reserved = new PrivateFile(file, handle, fail);
    try {
      if (process.platform === 'win32') await restrictAccess(file, env);
      reserved.write('\n'.repeat(room));
      return reserved;
    } catch (error) {
      // On Windows the name of an open file can't be removed.
      await reserved.close().catch(() => {});
      await unlink(file).catch(() => {});
      throw error;
    }
  }

  /** Makes the file hold this text and nothing else. It is synchronous, so that no signal comes in between. */
  write(text: string): void {
    const { fd } = this.handle;
    const bytes = Buffer.from(text);
    try {
      // A disk that is nearly full may take less at a time.
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
      ftruncateSync(fd, bytes.length);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Tells whether the name still leads to this file. */
  async isInPlace(): Promise<boolean> {
    const [open, named] = await Promise.all([this.handle.stat(), lookAt(this.path)]);
    if (named === undefined) return false;
    // On Windows, the number of a volume depends on the way of asking, and only administrators can create links.
    return process.platform === 'win32' || (open.ino === named.ino && open.dev === named.dev);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
