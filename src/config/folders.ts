import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../util/errors.ts';
import { pathTaken, statIfExists } from './disk-error.ts';

const PRIVATE = 0o700;

/** For the folders above: not writable for others, with any umask. */
const PUBLIC = 0o755;

/** Lists the folders that must be created for a folder, outermost first. */
export async function missingFolders(folder: string): Promise<string[]> {
  const parent = path.dirname(folder);
  if (parent === folder || (await statIfExists(folder))) return [];
  return [...(await missingFolders(parent)), folder];
}

/** Creates folders, the last one private. Another job may create them at the same time. */
export async function createFolders(missing: string[]): Promise<void> {
  for (const folder of missing) {
    await mkdir(folder, { recursive: true, mode: folder === missing.at(-1) ? PRIVATE : PUBLIC });
  }
}

/**
 * Makes sure that no other user can replace files in the folder of `config-path`, or in the one that it is created in.
 * The runner's user, who has the workspace, is trusted: in a container, the step may be another one.
 * @throws ActionError `invalid-input`
 */
export async function requireOwnFolder(folder: string, workspace: string): Promise<void> {
  const link = await statIfExists(folder);
  if (link === undefined) return requireOwnFolder(path.dirname(folder), workspace);
  // Windows has no modes, and the file's access list protects it.
  if (process.platform === 'win32') return;
  const { mode, uid } = await stat(folder);
  const trusted = [0, process.getuid?.(), (await statIfExists(workspace))?.uid];
  const isForeign = [uid, link.uid].some((owner) => !trusted.includes(owner));
  if (!isForeign && (mode & 0o1002) !== 0o0002) return;
  throw new ActionError(
    'invalid-input',
    `The input \`config-path\` leads to \`${folder}\`, which ${isForeign ? 'belongs to another user' : 'other users may write to'}. Other users could replace \`mondoo.yml\` there.`,
    'Choose a folder that only the user of this step may write to, or leave `config-path` out.',
  );
}

/**
 * Makes `.config/mondoo` in the job's own home private.
 * @throws ActionError `runner-error` if one of its folders is a link or no folder
 */
export async function claimFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const own of [path.dirname(parent), parent, folder]) {
    if (!(await lstat(own)).isDirectory()) throw pathTaken(`\`${own}\` is not a folder, or it is a link to one.`);
  }
  // The umask may have taken permissions away, and an earlier step may have given some.
  await chmod(folder, PRIVATE);
}
