import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/** Retries help against virus scanners and against programs that are being killed. */
const RECURSIVELY = { recursive: true, force: true, maxRetries: 5 } as const;

/**
 * Reserves names of temporary folders while some work runs, and removes the folders afterwards or when the process exits.
 * @param prefixes of the paths, by the name that the work uses
 * @param remember gets the paths before any of them exists, and an empty list when all are gone
 */
export async function withTempDirs<Folders extends Record<string, string>, T>(
  prefixes: Folders,
  remember: (folders: string[]) => void,
  work: (folders: Folders) => Promise<T>,
): Promise<T> {
  const entries = Object.entries(prefixes).map(([name, prefix]) => [name, `${prefix}-${randomUUID()}`]);
  const named = Object.fromEntries(entries) as Folders;
  const folders = Object.values(named);
  const removeOnExit = () => {
    for (const folder of folders) {
      try {
        rmSync(folder, RECURSIVELY);
      } catch {
        // The post step tries again.
      }
    }
  };
  process.on('exit', removeOnExit);
  remember(folders);
  try {
    return await work(named);
  } finally {
    const removed = await Promise.allSettled(folders.map((folder) => rm(folder, RECURSIVELY)));
    process.off('exit', removeOnExit);
    if (removed.every(({ status }) => status === 'fulfilled')) remember([]);
  }
}
