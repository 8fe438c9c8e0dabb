import { type ExecFileException, execFile } from 'node:child_process';
import { ftruncateSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path, { type PlatformPath } from 'node:path';
import { promisify } from 'node:util';
import { ActionError, errorCode } from '../util/errors.ts';
import { system32 } from '../util/paths.ts';
import { explainUnwritable, retryBusy, statIfExists } from './disk-error.ts';
import { claimFolder, createFolders, missingFolders } from './folders.ts';
import type { CleanupManifest, Remember } from './manifest.ts';

export interface ReserveOptions {
  /** Whether it is in the job's own home, not at `config-path`. */
  isDefaultPlace: boolean;
  /** The most bytes that the file will need. */
  room: number;
  /** Ends retries and child processes. */
  signal: AbortSignal;
  /** Closes the file before the removal that the caller has deferred. */
  rollback: AsyncDisposableStack;
  job: { env: NodeJS.ProcessEnv; workspace: string; manifest: CleanupManifest; remember: Remember };
}

export type PrivateFile = Awaited<ReturnType<typeof createPrivateFile>>;

/**
 * Creates a file that only its owner can read, with its folders and room for its text. Written through its handle, as
 * its name may lead elsewhere later.
 * @param change what post must know before the file exists
 * @throws ActionError if the file exists or can't be written
 */
export async function createPrivateFile(file: string, change: CleanupManifest, options: ReserveOptions) {
  const { isDefaultPlace, room, signal, rollback, job } = options;
  const folder = path.dirname(file);
  const fail = explainUnwritable(folder, !isDefaultPlace);
  const create = async () => {
    const missing = await missingFolders(folder);
    job.remember({ ...change, createdFolders: [...(job.manifest.createdFolders ?? []), ...missing] });
    await createFolders(missing);
    if (isDefaultPlace) await claimFolder(folder);
    return retryBusy(() => open(file, 'wx', 0o600), signal);
  };
  // The post step of another job may have just removed the empty folder.
  const createAgain = (error: unknown) => (errorCode(error) === 'ENOENT' ? create() : fail(error));
  const handle = await create().catch(createAgain).catch(fail);
  let isWritten = false;

  /** Makes the file hold this text only. Synchronous, so that no signal interleaves. */
  const write = (text: string) => {
    const bytes = Buffer.from(text);
    try {
      // A disk that is nearly full may take less at a time.
      for (let at = 0; at < bytes.length; ) at += writeSync(handle.fd, bytes, at, bytes.length - at, at);
      ftruncateSync(handle.fd, bytes.length);
    } catch (error) {
      fail(error);
    }
    isWritten = text.trim() !== '';
  };
  /** Whether the name still leads to this file. */
  const isInPlace = async () => {
    const [open, named] = await Promise.all([handle.stat(), statIfExists(file)]);
    if (named === undefined) return false;
    // On Windows, the number of a volume depends on how it is read, and only administrators can create links.
    return process.platform === 'win32' || (open.ino === named.ino && open.dev === named.dev);
  };

  // On Windows the name of an open file can't be removed.
  rollback.defer(() => handle.close().catch(() => {}));
  if (process.platform === 'win32') await restrictAccess(file, job.env, signal);
  write('\n'.repeat(room));
  return { write, isWritten: () => isWritten, isInPlace, close: () => handle.close() };
}

/** Lets only the owner in, even if the folder lets others in: Windows has no modes. */
async function restrictAccess(file: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const icacls = path.join(system32(env), 'icacls.exe');
  try {
    await promisify(execFile)(icacls, icaclsArguments(file), { windowsHide: true, signal });
  } catch (error) {
    const { code } = error as ExecFileException;
    const failed = typeof code === 'number' ? `exited with code ${code}` : `did not run (${errorCode(error)})`;
    const end = signal.aborted ? "didn't exit within `timeout`" : failed;
    const long = file.length < 260 ? '' : ` The path has ${file.length} characters, which may be too long for it.`;
    throw new ActionError(
      'runner-error',
      `The step could not protect \`mondoo.yml\` in \`${path.dirname(file)}\` from other users: ${icacls} ${end}.${long}`,
      'Use a disk with access lists, such as NTFS, or set the input `config-path` to another path.',
    );
  }
}

/** A namespaced path may have 260 characters and more. @param paths how the job's system writes paths */
export function icaclsArguments(file: string, paths: PlatformPath = path): string[] {
  // S-1-3-4 is "owner rights", in whichever language the system speaks.
  return [paths.toNamespacedPath(file), '/inheritance:r', '/grant:r', '*S-1-3-4:F'];
}
