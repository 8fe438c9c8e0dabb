import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/** For virus scanners that look at a file, and for a program that is just being ended. */
const GONE = { recursive: true, force: true, maxRetries: 5 } as const;

/**
 * Lends names for folders for the length of some work, and removes what stands there after it, also where the
 * process ends before.
 * @param prefixes of the paths, by what the work calls the folders
 * @param save is told of the paths before anything stands there, and of none when they are gone
 */
export async function withScratch<Names extends Record<string, string>, T>(
  prefixes: Names,
  save: (folders: string[]) => void,
  work: (folders: Names) => Promise<T>,
): Promise<T> {
  const entries = Object.entries(prefixes).map(([name, prefix]) => [name, `${prefix}-${randomUUID()}`]);
  const named = Object.fromEntries(entries) as Names;
  const folders = Object.values(named);
  const removeAtOnce = () => {
    for (const folder of folders) {
      try {
        rmSync(folder, GONE);
      } catch {
        // The post step tries again.
      }
    }
  };
  process.on('exit', removeAtOnce);
  save(folders);
  try {
    return await work(named);
  } finally {
    const removed = await Promise.allSettled(folders.map((folder) => rm(folder, GONE)));
    process.off('exit', removeAtOnce);
    if (removed.every(({ status }) => status === 'fulfilled')) save([]);
  }
}
