import { createHash, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exec } from '@actions/exec';
import { ActionError } from '../errors.ts';
import { isOurs } from './mondoo-yml.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** What this step leaves on the machine: all that is needed to take it away again. */
export interface Footprint {
  /** Where mondoo.yml goes, absolute. */
  configPath: string;
  /** The name under which it is written before it is moved into place. */
  temporaryPath: string;
  /** Folders that did not exist before, outermost first. */
  createdFolders: string[];
  /** SHA-256 of the file's text, in hex; set before the text is written. */
  sha256?: string;
}

/**
 * The life of mondoo.yml in this job: a place is prepared before anything is created on the platform, the file
 * is written once and whole, and removed by whoever holds its footprint.
 */
export class ConfigFile {
  readonly path: string;
  private readonly save: (footprint: Footprint) => void;
  private footprint: Footprint;

  private constructor(footprint: Footprint, save: (footprint: Footprint) => void) {
    this.path = footprint.configPath;
    this.footprint = footprint;
    this.save = save;
  }

  /**
   * Makes sure that mondoo.yml can be written: creates its folder, and an empty file with the temporary name.
   * @param save is told of every name before it exists
   * @throws ActionError `invalid-input` when somebody else's file stands there or nothing can be written there
   */
  static async prepare(configPath: string, save: (footprint: Footprint) => void): Promise<ConfigFile> {
    const folder = path.dirname(configPath);
    try {
      await refuseForeignFile(configPath);
    } catch (error) {
      throw notWritable(folder, error);
    }
    const footprint: Footprint = {
      configPath,
      temporaryPath: path.join(folder, `.${path.basename(configPath)}.${randomUUID()}`),
      createdFolders: await missingFolders(folder),
    };
    save(footprint);
    try {
      for (const missing of footprint.createdFolders)
        await mkdir(missing, missing === folder ? PRIVATE_FOLDER : undefined);
      // The umask can take permissions away only; a file system may add some.
      if (footprint.createdFolders.includes(folder)) await chmod(folder, PRIVATE_FOLDER);
      const file = await open(footprint.temporaryPath, 'wx', PRIVATE_FILE);
      await file.close();
      await restrictAccess(footprint.temporaryPath);
    } catch (error) {
      // What went wrong first is what has to be told.
      await removeConfigFile(footprint).catch(() => {});
      throw notWritable(folder, error);
    }
    return new ConfigFile(footprint, save);
  }

  /** Writes the text under the temporary name and moves it into place, so that nobody ever reads half a file. */
  async write(text: string): Promise<void> {
    this.footprint = { ...this.footprint, sha256: sha256(text) };
    this.save(this.footprint);
    try {
      await writeFile(this.footprint.temporaryPath, text, { flag: 'r+' });
      await rename(this.footprint.temporaryPath, this.path);
    } catch (error) {
      throw notWritable(path.dirname(this.path), error);
    }
  }

  /** Removes what this step created, and nothing else. */
  async remove(): Promise<void> {
    await removeConfigFile(this.footprint);
  }
}

/** What became of the file of an earlier step. */
export type Removal = 'removed' | 'absent' | 'foreign';

/** Removes a step's files and folders, as far as they are still what the step made of them. */
export async function removeConfigFile({
  configPath,
  temporaryPath,
  createdFolders,
  sha256: expected,
}: Footprint): Promise<Removal> {
  await rm(temporaryPath).catch(ignoreMissing);
  let removal: Removal = 'absent';
  const stats = await lstat(configPath).catch(ignoreMissing);
  if (stats !== undefined) {
    // Only a plain file can be ours: reading a pipe would wait for ever, and a link leads elsewhere.
    const ours = stats.isFile() && expected !== undefined && sha256(await readFile(configPath)) === expected;
    if (ours) await rm(configPath, { force: true });
    removal = ours ? 'removed' : 'foreign';
  }
  for (const folder of createdFolders.toReversed()) {
    // A folder that holds something by now stays.
    await rmdir(folder).catch(() => {});
  }
  return removal;
}

async function refuseForeignFile(file: string): Promise<void> {
  const stats = await lstat(file).catch(ignoreMissing);
  if (stats === undefined) return;
  const kind = stats.isFile() ? undefined : stats.isSymbolicLink() ? 'a symbolic link' : 'not a file';
  const ours = kind === undefined && isOurs(await readFile(file, 'utf8').catch(() => ''));
  if (ours) return;
  throw new ActionError(
    'invalid-input',
    kind === undefined
      ? `There is a file at ${file} already that this action did not write. It was left as it is.`
      : `What stands at ${file} is ${kind}. It was left as it is.`,
    'Remove it, or choose another place with the input config-path.',
  );
}

async function missingFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = folder; (await lstat(at).catch(() => undefined)) === undefined; at = path.dirname(at)) {
    missing.unshift(at);
    if (path.dirname(at) === at) break;
  }
  return missing;
}

/** On Windows, where a mode means nothing: only the file's owner may read it, whatever its folder grants. */
async function restrictAccess(file: string): Promise<void> {
  if (process.platform !== 'win32') return;
  // S-1-3-4 is "owner rights", whatever the account and the language of the system.
  await exec('icacls', [file, '/inheritance:r', '/grant:r', '*S-1-3-4:F'], { silent: true });
}

function notWritable(folder: string, error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const hint =
    code === 'EACCES' || code === 'EPERM'
      ? 'It may belong to another user: a container of an earlier step that ran as root, for one.'
      : 'Make room for it, or mend the path.';
  return new ActionError(
    'invalid-input',
    `mondoo.yml cannot be written to ${folder} (${code}).`,
    `${hint} Or choose another place with the input config-path.`,
  );
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  return undefined;
}
