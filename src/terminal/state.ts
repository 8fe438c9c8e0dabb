import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { explainUnwritable } from '../config/disk-error.ts';
import { belongsTo, type CleanupManifest, readManifest } from '../config/manifest.ts';
import { ActionError } from '../util/errors.ts';

const stateOf = (config: string) => path.join(path.dirname(config), `.${path.basename(config)}.cleanup.json`);

/** Saves what `cleanup` will need, in a private file beside mondoo.yml. @throws ActionError */
export function saveState(config: string, manifest: CleanupManifest): void {
  const [file, fresh] = [stateOf(config), `${stateOf(config)}.${randomUUID()}`];
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(fresh, JSON.stringify(manifest), { mode: 0o600, flag: 'wx' });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    explainUnwritable(path.dirname(file), true)(error);
  }
}

/** Reads what an earlier command left. @throws ActionError if another user or a checkout may have written the file */
export function readState(config: string): CleanupManifest | undefined {
  const file = stateOf(config);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats) return undefined;
  const isPrivate = process.platform === 'win32' || (stats.uid === process.getuid?.() && (stats.mode & 0o177) === 0);
  const state = stats.isFile() && isPrivate && readManifest(readFileSync(file, 'utf8'));
  if (state && belongsTo(config, state)) return state;
  const message = `\`${file}\` isn't private, or register-cnspec did not write it. The command ignored it and left it unchanged.`;
  const remedy = 'If the repository brought it, remove it. Otherwise run `chmod 600` on it and run `cleanup` again.';
  throw new ActionError('runner-error', message, remedy);
}

/** Removes the state, and the folders that are empty then. */
export function removeState(config: string, { createdFolders = [] }: CleanupManifest): void {
  try {
    rmSync(stateOf(config), { force: true });
    for (const folder of createdFolders.toReversed()) rmdirSync(folder);
  } catch {
    // A folder that is in use remains.
  }
}
