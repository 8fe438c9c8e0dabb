import { type ExecFileException, execFile } from 'node:child_process';
import { ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ActionError } from '../util/errors.ts';
import { errorCode, ignoreMissing } from './disk-error.ts';

/** A new file that only its owner can read. It is written through its handle: its name may lead elsewhere by then. */
export class PrivateFile {
  readonly path: string;
  private readonly handle: FileHandle;

  private constructor(file: string, handle: FileHandle) {
    this.path = file;
    this.handle = handle;
  }

  /**
   * Creates the file, which must not exist.
   * @param env tells where Windows keeps its programs
   */
  static async create(file: string, env: NodeJS.ProcessEnv): Promise<PrivateFile> {
    const handle = await open(file, 'wx', 0o600);
    try {
      if (process.platform === 'win32') await restrictAccess(file, env);
    } catch (error) {
      // On Windows the name of an open file can't be removed.
      await handle.close();
      throw error;
    }
    return new PrivateFile(file, handle);
  }

  /** Makes the file hold this text and nothing else. It is synchronous, so that no signal comes in between. */
  write(text: string): void {
    const { fd } = this.handle;
    const bytes = Buffer.from(text);
    // A disk that is nearly full may take less at a time.
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
    ftruncateSync(fd, bytes.length);
  }

  /** Tells whether the name still leads to this file. */
  async isInPlace(): Promise<boolean> {
    const [open, named] = await Promise.all([this.handle.stat(), lstat(this.path).catch(ignoreMissing)]);
    if (named === undefined) return false;
    // On Windows, the number of a volume depends on the way of asking, and only administrators can create links.
    return process.platform === 'win32' || (open.ino === named.ino && open.dev === named.dev);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Windows has no modes: an access list keeps everyone but the owner out, whatever the folder grants. */
async function restrictAccess(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const icacls = path.join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'icacls.exe');
  try {
    // S-1-3-4 is "owner rights", in whichever language the system speaks.
    const args = [file, '/inheritance:r', '/grant:r', '*S-1-3-4:F'];
    await promisify(execFile)(icacls, args, { windowsHide: true });
  } catch (error) {
    const { code } = error as ExecFileException;
    const end = typeof code === 'number' ? `ended with exit code ${code}` : `did not run (${errorCode(error)})`;
    throw new ActionError(
      'runner-error',
      `mondoo.yml cannot be kept from other users in ${path.dirname(file)}: ${icacls} ${end}.`,
      'It has to lie on a disk that has access lists, as NTFS does, where icacls can set them. Choose another place with the input config-path.',
    );
  }
}
