import { type ExecFileException, execFile } from 'node:child_process';
import path, { type PlatformPath } from 'node:path';
import { promisify } from 'node:util';
import { ActionError, errorCode } from '../util/errors.ts';
import { system32 } from '../util/paths.ts';

/** Lets only the owner in, whatever the folder grants: Windows has no modes. */
export async function restrictAccess(file: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
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
      `The step could not protect mondoo.yml in \`${path.dirname(file)}\` from other users: ${icacls} ${end}.${long}`,
      'Use a disk with access lists, such as NTFS, or set the input `config-path` to another path.',
    );
  }
}

/** A namespaced path may have 260 characters and more. @param paths how the job's system writes paths */
export function icaclsArguments(file: string, paths: PlatformPath = path): string[] {
  // S-1-3-4 is "owner rights", in whichever language the system speaks.
  return [paths.toNamespacedPath(file), '/inheritance:r', '/grant:r', '*S-1-3-4:F'];
}
