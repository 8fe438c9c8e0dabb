import { type ExecFileException, execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ActionError } from '../util/errors.ts';
import { errorCode } from './disk-error.ts';

/** Windows has no modes: an access list keeps everyone but the owner out, whatever the folder grants. */
export async function restrictAccess(file: string, env: NodeJS.ProcessEnv): Promise<void> {
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
