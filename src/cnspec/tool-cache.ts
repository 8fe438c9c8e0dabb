import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '@actions/io';

/** How often and at which interval (milliseconds) a place is tried. */
const MAX_ATTEMPTS = 20;
const PAUSE = 100;

/** Error codes of a place that is taken or, on Windows, of a file that another process has open. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']);

export interface Program {
  /** The folder for PATH. */
  folder: string;
  /** Absolute. */
  executable: string;
}

/** A version's place in the tool cache, which jobs may share, in the runner's own layout. */
export function placeOf(toolCache: string, version: string): string {
  return path.join(toolCache, 'cnspec', version, process.arch);
}

/** The place counts as soon as this file is next to it. */
const markerOf = (place: string) => `${place}.complete`;

export async function findCached(place: string): Promise<Program | undefined> {
  return existsSync(markerOf(place)) ? programIn(place) : undefined;
}

/**
 * Renames a program's folder, which is on the same disk, to its place, so that no job ever finds a part of it.
 * @param aside a folder on that disk, for leftovers in the place
 * @returns the program in its place, possibly one from a faster job
 */
export async function fill(place: string, { folder, executable }: Program, aside: string): Promise<Program> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(folder, place);
      await writeFile(markerOf(place), '');
      return { folder: place, executable: path.join(place, path.basename(executable)) };
    } catch (error) {
      if (!TAKEN.has((error as NodeJS.ErrnoException).code ?? '') || attempt === MAX_ATTEMPTS) throw error;
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

export async function programIn(folder: string): Promise<Program | undefined> {
  const executable = await which(path.join(folder, 'cnspec'));
  return executable === '' ? undefined : { folder, executable };
}
