import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '@actions/io';
import { errorCode } from '../util/errors.ts';

/** `PAUSE` in milliseconds. */
const MAX_ATTEMPTS = 20;
const PAUSE = 100;

/** The place is taken or, on Windows, another process has a file open. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']);

/** The place counts as soon as this file is next to it. */
const markerOf = (place: string) => `${place}.complete`;

export async function findCached(place: string): Promise<string | undefined> {
  return existsSync(markerOf(place)) ? programIn(place) : undefined;
}

/**
 * Renames a program's folder to its place, so that no job finds a part of it; a faster job may have filled it.
 * @param aside a folder on the same disk, for leftovers in the place
 * @returns the program in its place
 */
export async function moveToCache(place: string, executable: string, aside: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(path.dirname(executable), place);
      await writeFile(markerOf(place), '');
      return path.join(place, path.basename(executable));
    } catch (error) {
      if (!TAKEN.has(errorCode(error)) || attempt === MAX_ATTEMPTS) throw error;
    }
    // A faster job needs a moment to write its marker.
    await sleep(PAUSE);
    const finished = await findCached(place);
    if (finished) return finished;
    await rm(markerOf(place), { force: true });
    // What a killed job left. Fails if it is in use, on Windows, or already gone.
    await rename(place, path.join(aside, `replaced-${attempt}`)).catch(() => {});
  }
}

/** Finds the cnspec in a folder. */
export async function programIn(folder: string): Promise<string | undefined> {
  return (await which(path.join(folder, 'cnspec'))) || undefined;
}
