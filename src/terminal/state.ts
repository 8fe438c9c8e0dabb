import { lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { notWritable } from '../config/disk-error.ts';
import type { CleanupManifest } from '../config/manifest.ts';

const stateOf = (config: string) => path.join(path.dirname(config), `.${path.basename(config)}.cleanup.json`);

/** Saves what `cleanup` will need, in a private file beside mondoo.yml. @throws ActionError */
export function saveState(config: string, manifest: CleanupManifest): void {
  const [file, fresh] = [stateOf(config), `${stateOf(config)}.${process.pid}`];
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(fresh, JSON.stringify(manifest), { mode: 0o600, flag: 'wx' });
    renameSync(fresh, file);
  } catch (error) {
    notWritable(path.dirname(file), true)(error);
  }
}

/** Reads what an earlier command left. A file that a checkout brought or another user wrote counts for nothing. */
export function readState(config: string): CleanupManifest | undefined {
  try {
    const { uid, mode } = lstatSync(stateOf(config));
    if (process.platform !== 'win32' && (uid !== process.getuid?.() || (mode & 0o177) !== 0)) return undefined;
    const state: CleanupManifest = JSON.parse(readFileSync(stateOf(config), 'utf8'));
    const { config: own, keyFile, createdFolders = [], client, pendingClientName } = state;
    const files = [own?.path, own?.temporaryPath, keyFile];
    const areOurs = files.every((file) => file === undefined || path.dirname(file) === path.dirname(config));
    return areOurs ? { config: own, keyFile, createdFolders, client, pendingClientName } : undefined;
  } catch {
    return undefined;
  }
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
