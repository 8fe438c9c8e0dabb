import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '@actions/io';

/** Its name in the tool cache, and that of the program. */
const TOOL = 'cnspec';

/** How often a version is tried to be put into its place, and how long is waited in between, in milliseconds. */
const TRIES = 20;
const PAUSE = 100;

/** What a system says of a place that is taken or, on Windows, of a file that somebody is looking at. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']);

/** A program that is there. */
export interface Program {
  /** The folder that belongs on PATH. */
  folder: string;
  /** Absolute. */
  executable: string;
}

/**
 * A version's place in the tool cache, which jobs of a machine may share: `<cache>/cnspec/<version>/<arch>`, which
 * counts as soon as `<arch>.complete` stands beside it.
 */
export class CachedVersion {
  readonly folder: string;

  constructor(version: string, arch: string, env: NodeJS.ProcessEnv) {
    this.folder = path.join(env.RUNNER_TOOL_CACHE ?? '', TOOL, version, arch);
  }

  /** Finds the program, where it is finished. */
  async find(): Promise<Program | undefined> {
    return existsSync(this.marker) ? programIn(this.folder) : undefined;
  }

  /**
   * Moves a program with its folder into the place, in one go, so that nobody ever finds a part of it.
   * @param program on the same disk as the cache
   * @param aside a folder on that disk for what is in the way
   * @returns the program in its place: another job's, where that was faster
   */
  async fill({ folder, executable }: Program, aside: string): Promise<Program> {
    for (let tries = 1; ; tries++) {
      try {
        await rename(folder, this.folder);
        await writeFile(this.marker, '');
        return { folder: this.folder, executable: path.join(this.folder, path.basename(executable)) };
      } catch (error) {
        if (!TAKEN.has((error as NodeJS.ErrnoException).code ?? '') || tries === TRIES) throw error;
      }
      // Whoever was faster needs a moment to say that it is finished.
      await sleep(PAUSE);
      const finished = await this.find();
      if (finished) return finished;
      await this.clear(path.join(aside, `replaced-${tries}`));
    }
  }

  /** Takes the version out of the cache. */
  async remove(): Promise<void> {
    await rm(this.marker, { force: true });
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get marker(): string {
    return `${this.folder}.complete`;
  }

  /** Moves away what a job left that was killed. */
  private async clear(aside: string): Promise<void> {
    await rm(this.marker, { force: true });
    // In use, on Windows, or gone by now.
    await rename(this.folder, aside).catch(() => {});
  }
}

/** Finds the program in a folder, where it is a file that can be executed. */
export async function programIn(folder: string): Promise<Program | undefined> {
  const executable = await which(path.join(folder, TOOL));
  return executable === '' ? undefined : { folder, executable };
}
