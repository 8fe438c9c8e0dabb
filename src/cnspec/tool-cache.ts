import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '@actions/io';

const TOOL = 'cnspec';

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

/**
 * A version's place in the tool cache, which jobs may share. It has the runner's own layout: the folder
 * `<cache>/cnspec/<version>/<arch>` counts as soon as the file `<arch>.complete` is next to it.
 */
export class CachedVersion {
  readonly folder: string;
  private readonly marker: string;

  constructor(toolCache: string, version: string) {
    this.folder = path.join(toolCache, TOOL, version, process.arch);
    this.marker = `${this.folder}.complete`;
  }

  async find(): Promise<Program | undefined> {
    return existsSync(this.marker) ? programIn(this.folder) : undefined;
  }

  /**
   * Renames a program's folder to the place, so that no job ever finds a part of it.
   * @param program on the same disk as the cache
   * @param aside a folder on that disk, for leftovers in the place
   * @returns the program in its place, possibly one from a faster job
   */
  async fill({ folder, executable }: Program, aside: string): Promise<Program> {
    for (let attempt = 1; ; attempt++) {
      try {
        await rename(folder, this.folder);
        await writeFile(this.marker, '');
        return { folder: this.folder, executable: path.join(this.folder, path.basename(executable)) };
      } catch (error) {
        if (!TAKEN.has((error as NodeJS.ErrnoException).code ?? '') || attempt === MAX_ATTEMPTS) throw error;
      }
      // A faster job needs a moment to write its marker.
      await sleep(PAUSE);
      const finished = await this.find();
      if (finished) return finished;
      await this.moveLeftovers(path.join(aside, `replaced-${attempt}`));
    }
  }

  async remove(): Promise<void> {
    await rm(this.marker, { force: true });
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Clears the place of what a killed job left. */
  private async moveLeftovers(aside: string): Promise<void> {
    await rm(this.marker, { force: true });
    // Fails if it is in use, on Windows, or already gone.
    await rename(this.folder, aside).catch(() => {});
  }
}

export async function programIn(folder: string): Promise<Program | undefined> {
  const executable = await which(path.join(folder, TOOL));
  return executable === '' ? undefined : { folder, executable };
}
