import { type ExecFileException, execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ActionError, errorCode } from '../util/errors.ts';
import { system32 } from '../util/paths.ts';

/** Lets only the owner in, whatever the folder grants: Windows has no modes. */
export async function restrictAccess(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const icacls = path.join(system32(env), 'icacls.exe');
  try {
    // S-1-3-4 is "owner rights", in whichever language the system speaks.
    const args = [file, '/inheritance:r', '/grant:r', '*S-1-3-4:F'];
    await promisify(execFile)(icacls, args, { windowsHide: true });
  } catch (error) {
    const { code } = error as ExecFileException;
    const end = typeof code === 'number' ? `exited with code ${code}` : `did not run (${errorCode(error)})`;
    throw new ActionError(
      'runner-error',
      `The step could not protect mondoo.yml in \`${path.dirname(file)}\` from other users: ${icacls} ${end}.`,
      'Use a disk with access lists, such as NTFS, or set the input `config-path` to another path.',
    );
  }
}
