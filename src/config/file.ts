import { createHash, randomUUID } from 'node:crypto';
import {
  chmod,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  rmdir,
} from 'node:fs/promises';
import path from 'node:path';
import { exec } from '@actions/exec';
import { ActionError } from '../errors.ts';
import { withParents } from './location.ts';
import { isOurs } from './mark.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Of the folders above: as usual, and never writable for others, whatever the umask is. */
const PUBLIC_FOLDER = 0o755;

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

/** How a place is prepared. */
export interface Preparation {
  /** How many bytes the file will need at the most. */
  room: number;
  /** Whether the folder is there for this file alone, `.config/mondoo` in the job's own home. */
  ownFolder: boolean;
  /** Whether later steps count on a file of ours that stands there already. */
  inUse: boolean;
  /** Is told of every name before it exists. */
  save: (footprint: Footprint) => void;
}

/**
 * The life of mondoo.yml in this job: a place is prepared before anything is created on the platform, the text
 * is written once and whole, put into place when the gate has passed, and removed by whoever holds its footprint.
 */
export class ConfigFile {
  readonly path: string;
  private readonly save: (footprint: Footprint) => void;
  private readonly handle: FileHandle;
  private footprint: Footprint;

  private constructor(footprint: Footprint, handle: FileHandle, save: (footprint: Footprint) => void) {
    this.path = footprint.configPath;
    this.footprint = footprint;
    this.handle = handle;
    this.save = save;
  }

  /**
   * Makes sure that mondoo.yml can be written: creates its folder, and takes the room under a temporary name.
   * @throws ActionError `invalid-input` when somebody else's file stands there or nothing can be written there
   */
  static async prepare(
    configPath: string,
    { room, ownFolder, inUse, save }: Preparation,
  ): Promise<ConfigFile> {
    const folder = path.dirname(configPath);
    const footprint: Footprint = {
      configPath,
      temporaryPath: path.join(folder, `.${path.basename(configPath)}.${randomUUID()}`),
      createdFolders: [],
    };
    let handle: FileHandle | undefined;
    try {
      const stale = await findOurs(configPath);
      footprint.createdFolders = await missingFolders(folder);
      save(footprint);
      for (const missing of footprint.createdFolders) {
        await mkdir(missing, missing === folder ? PRIVATE_FOLDER : PUBLIC_FOLDER);
      }
      if (ownFolder) await claimFolder(folder);
      handle = await open(footprint.temporaryPath, 'wx', PRIVATE_FILE);
      await restrictAccess(footprint.temporaryPath);
      await writeWhole(handle, Buffer.alloc(room, '\n'));
      // A job that was killed left it: its key must not outlive this one, however this one ends. Elsewhere
      // it may be the file of a job that is still running.
      if (stale && ownFolder && !inUse) await rm(configPath);
      return new ConfigFile(footprint, handle, save);
    } catch (error) {
      // What went wrong first is what has to be told.
      await handle?.close().catch(() => {});
      await removeConfigFile(footprint).catch(() => {});
      throw notWritable(folder, error);
    }
  }

  /** Writes the text under the temporary name, where it is safe, and where post finds it. */
  async write(text: string): Promise<void> {
    this.footprint = { ...this.footprint, sha256: sha256(text) };
    this.save(this.footprint);
    try {
      // Through the handle: the name may lead elsewhere by now, in a folder where others may write.
      const bytes = Buffer.from(text);
      await writeWhole(this.handle, bytes);
      await this.handle.truncate(bytes.length);
    } catch (error) {
      throw notWritable(path.dirname(this.path), error);
    }
  }

  /** Moves what was written into place, so that nobody ever reads half a file. */
  async publish(): Promise<void> {
    const { temporaryPath } = this.footprint;
    try {
      // In a container job no signal arrives, so that post may have been there while this step still ran.
      if (!(await isSameFile(this.handle, temporaryPath))) throw takenAway(temporaryPath);
      await this.handle.close();
      await findOurs(this.path);
      await rename(temporaryPath, this.path);
    } catch (error) {
      throw notWritable(path.dirname(this.path), error);
    }
  }

  /** Lets the text stand under the temporary name as well, for when a later step replaces mondoo.yml. */
  async keepCopy(): Promise<void> {
    // Where the file system has no links, mondoo.yml is the only place that there is.
    await link(this.path, this.footprint.temporaryPath).catch(() => {});
  }

  /** Removes what this step created, and nothing else. */
  async remove(): Promise<void> {
    await this.handle.close();
    await removeConfigFile(this.footprint);
  }
}

/** Reads the text of an earlier step's file, wherever it came to stand; nothing where it is not that text any more. */
export async function readConfigFile({
  configPath,
  temporaryPath,
  sha256: expected,
}: Footprint): Promise<string | undefined> {
  return (await ownText(configPath, expected)) ?? (await ownText(temporaryPath, expected));
}

/** What became of the file of an earlier step; `copy removed` where it stood under the temporary name alone. */
export type Removal = 'removed' | 'copy removed' | 'absent' | 'foreign';

/** Removes a step's files and folders, as far as they are still what the step made of them. */
export async function removeConfigFile({
  configPath,
  temporaryPath,
  createdFolders,
  sha256: expected,
}: Footprint): Promise<Removal> {
  const isCopied = (await lstat(temporaryPath).catch(ignoreMissing)) !== undefined;
  await rm(temporaryPath).catch(ignoreMissing);
  let removal: Removal = isCopied && expected !== undefined ? 'copy removed' : 'absent';
  if ((await lstat(configPath).catch(ignoreMissing)) !== undefined) {
    const ours = (await ownText(configPath, expected)) !== undefined;
    if (ours) await rm(configPath, { force: true });
    removal = ours ? 'removed' : 'foreign';
  }
  for (const folder of createdFolders.toReversed()) {
    // A folder that holds something by now stays.
    await rmdir(folder).catch(() => {});
  }
  return removal;
}

/** Reads a file if it holds the text that was written. */
async function ownText(file: string, expected: string | undefined): Promise<string | undefined> {
  const stats = await lstat(file).catch(ignoreMissing);
  // Only a plain file can be ours: reading a pipe would wait for ever, and a link leads elsewhere.
  if (!stats?.isFile() || expected === undefined) return undefined;
  const text = await readFile(file, 'utf8');
  return sha256(text) === expected ? text : undefined;
}

/**
 * Looks for a file of ours.
 * @throws ActionError `invalid-input` when what stands there is not ours
 */
async function findOurs(file: string): Promise<boolean> {
  const stats = await lstat(file).catch(ignoreMissing);
  if (stats === undefined) return false;
  const kind = stats.isFile() ? undefined : stats.isSymbolicLink() ? 'a symbolic link' : 'not a file';
  if (kind === undefined && isOurs(await readFile(file, 'utf8'))) return true;
  throw new ActionError(
    'invalid-input',
    kind === undefined
      ? `There is a file at ${file} already that this action did not write. It was left as it is.`
      : `What stands at ${file} is ${kind}. It was left as it is.`,
    'Remove it, or choose another place with the input config-path.',
  );
}

/** Writes from the start of a file, and to the end: the system may take less at a time, where it is nearly full. */
async function writeWhole(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
  }
}

/** Tells whether a name still leads to an open file. */
async function isSameFile(handle: FileHandle, name: string): Promise<boolean> {
  const [open, named] = await Promise.all([handle.stat(), lstat(name).catch(ignoreMissing)]);
  if (named === undefined) return false;
  // There, numbers of volumes differ by the way of asking, and links are made by administrators only.
  return process.platform === 'win32' || (open.ino === named.ino && open.dev === named.dev);
}

function takenAway(temporaryPath: string): ActionError {
  return new ActionError(
    'invalid-input',
    `What the step had written to ${temporaryPath} was taken away or replaced before it could become mondoo.yml.`,
    'Where the job was cancelled, its post step has done so. Else look for what empties or changes that folder while the job runs, or choose another place with the input config-path.',
  );
}

/**
 * Takes a folder for this file alone. It is `.config/mondoo` in a home that is the job's own: one of these
 * that leads elsewhere is refused.
 */
async function claimFolder(folder: string): Promise<void> {
  const home = path.dirname(path.dirname(folder));
  for (const own of [home, path.dirname(folder), folder]) {
    if ((await lstat(own)).isDirectory()) continue;
    throw new ActionError(
      'invalid-input',
      `What stands at ${own} is not a folder, or is a link to one. It was left as it is.`,
      'Remove it, or choose another place with the input config-path.',
    );
  }
  // The umask may have taken permissions away, and an earlier step may have given some.
  await chmod(folder, PRIVATE_FOLDER);
}

async function missingFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (const at of withParents(folder)) {
    if ((await lstat(at).catch(() => undefined)) !== undefined) break;
    missing.unshift(at);
  }
  return missing;
}

/** On Windows, where a mode means nothing: only the file's owner may read it, whatever its folder grants. */
async function restrictAccess(file: string): Promise<void> {
  if (process.platform !== 'win32') return;
  // S-1-3-4 is "owner rights", whatever the account and the language of the system.
  const icacls = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'icacls.exe');
  await exec(icacls, [file, '/inheritance:r', '/grant:r', '*S-1-3-4:F'], { silent: true });
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
