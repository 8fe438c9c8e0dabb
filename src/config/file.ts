import { type ExecFileException, execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { ftruncateSync, writeSync } from 'node:fs';
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rmdir,
  unlink,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ActionError } from '../errors.ts';
import { withParents } from './location.ts';
import { isOfRun, isOurs, markOf } from './mark.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Of the folders above: as usual, and never writable for others, whatever the umask is. */
const PUBLIC_FOLDER = 0o755;

/** What Windows says of a file that somebody else has open. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** How often something is tried with such a file, and how long is waited in between, in milliseconds. */
const TRIES = 10;
const PAUSE = 100;

/** What this step leaves on the machine: all that is needed to take it away again. */
export interface Footprint {
  /** Where mondoo.yml goes, absolute. */
  configPath: string;
  /** The name under which it is written before it is moved into place. */
  temporaryPath: string;
  /** Folders that did not exist before, outermost first. */
  createdFolders: string[];
  /** Where the text stands once more, for when a later step changes or replaces mondoo.yml. */
  copyPath?: string;
  /** How the text begins, as no other does. */
  mark: string;
  /** SHA-256 of the text, in hex; set before the text is written. */
  sha256?: string;
}

/** How a place is prepared. */
export interface Preparation {
  /** How many bytes the file will need at the most. */
  room: number;
  /** Whether the folder is there for this file alone, `.config/mondoo` in the job's own home. */
  ownFolder: boolean;
  /** The workflow run that this job belongs to. */
  run: string | undefined;
  /** Is told of every name before it exists; throws where that comes too late for post. */
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
  static async prepare(configPath: string, { room, ownFolder, run, save }: Preparation): Promise<ConfigFile> {
    const { dir: folder, name, ext } = path.parse(configPath);
    const id = randomUUID();
    const footprint: Footprint = {
      configPath,
      // It ends as the file itself does: cnspec reads it under this name as well.
      temporaryPath: path.join(folder, `.${name}.${id}${ext}`),
      createdFolders: [],
      mark: markOf(run, id),
    };
    // Only in a folder that the runner empties: a job that is never cleaned up must leave no hidden copy.
    if (ownFolder) footprint.copyPath = path.join(folder, `.${name}.${id}.copy${ext}`);
    let handle: FileHandle | undefined;
    try {
      const there = await findOurs(configPath);
      const create = async () => {
        const missing = await missingFolders(folder);
        footprint.createdFolders = [...new Set([...footprint.createdFolders, ...missing])].toSorted();
        save(footprint);
        await createFolders(missing, folder);
        if (ownFolder) await claimFolder(folder);
        return openPrivate(footprint.temporaryPath);
      };
      handle = await create().catch((error) => {
        // The post step of another job may have removed the folder just now, as it was empty.
        if (codeOf(error) !== 'ENOENT') throw error;
        return create();
      });
      writeWhole(handle, Buffer.alloc(room, '\n'));
      // A job that was killed left it: its key must not outlive this one, however this one ends. Elsewhere
      // it may be the file of a job that is still running.
      if (ownFolder && there !== undefined && !isOfRun(there, run)) await patiently(() => unlink(configPath));
      if (ownFolder) await removeLeftovers(folder, `.${name}.`, run);
      return new ConfigFile(footprint, handle, save);
    } catch (error) {
      // What went wrong first is what has to be told.
      await handle?.close().catch(() => {});
      await removeConfigFile(footprint).catch(() => {});
      throw notWritable(folder, error);
    }
  }

  /** Writes the text under the temporary name, all at once: from here on post finds it, whoever is killed. */
  write(text: string): void {
    this.footprint = { ...this.footprint, sha256: sha256(text) };
    this.save(this.footprint);
    try {
      // Through the handle: the name may lead elsewhere by now, in a folder where others may write.
      writeWhole(this.handle, Buffer.from(text));
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
      await patiently(async () => {
        await findOurs(this.path);
        // Or it has been there before there was anything to take away.
        this.save(this.footprint);
        await rename(temporaryPath, this.path);
      });
    } catch (error) {
      throw notWritable(path.dirname(this.path), error);
    }
  }

  /** Writes the text once more, where there is a place for that. */
  async keepCopy(text: string): Promise<void> {
    const { copyPath } = this.footprint;
    if (copyPath === undefined) return;
    try {
      const copy = await openPrivate(copyPath);
      try {
        writeWhole(copy, Buffer.from(text));
      } finally {
        await copy.close();
      }
    } catch (error) {
      throw notWritable(path.dirname(copyPath), error);
    }
  }

  /** Where the text stands before it is in its place. */
  get temporaryPath(): string {
    return this.footprint.temporaryPath;
  }

  /** How its text has to begin. */
  get mark(): string {
    return this.footprint.mark;
  }

  /** Removes what this step created, and nothing else. */
  async remove(): Promise<void> {
    // A disk may only say now what became of the bytes: nobody needs them any more.
    await this.handle.close().catch(() => {});
    await removeConfigFile(this.footprint);
  }
}

/** Reads the text of an earlier step's file, wherever it came to stand; nothing where it is not that text any more. */
export async function readConfigFile({
  configPath,
  temporaryPath,
  copyPath = '',
  sha256: expected,
}: Footprint): Promise<string | undefined> {
  if (expected === undefined) return undefined;
  for (const file of [configPath, temporaryPath, copyPath]) {
    const { text } = await lookAt(file).catch(() => ({ text: undefined }));
    if (text !== undefined && sha256(text) === expected) return text;
  }
  return undefined;
}

/**
 * What became of the file of an earlier step: `copy removed` where it did not stand in its place, `changed` where
 * it does, but a later step has made something else of it.
 */
export type Removal = 'removed' | 'copy removed' | 'absent' | 'changed' | 'foreign';

/** Files of a step that could not be taken away. */
export class RemainsError extends Error {
  readonly remains: { file: string; code: string }[];

  constructor(remains: { file: string; code: string }[]) {
    super('files are left');
    this.name = 'RemainsError';
    this.remains = remains;
  }
}

/**
 * Removes a step's files and folders, as far as they are still what the step made of them.
 * @throws RemainsError
 */
export async function removeConfigFile({
  configPath,
  temporaryPath,
  copyPath,
  createdFolders,
  mark,
  sha256: expected,
}: Footprint): Promise<Removal> {
  const remains: RemainsError['remains'] = [];
  /** Takes a file away that only this step knew; one that cannot be is no reason to leave the next one. */
  const remove = async (file: string): Promise<boolean> => {
    try {
      return await patiently(async () => {
        // What cannot be read has been the step's own, by its name.
        const { text } = await lookAt(file).catch(() => ({ text: '' }));
        // Room that was taken for a text holds nothing but line ends.
        const isOwn = text !== undefined && (text.startsWith(`${mark},`) || text.trim() === '');
        if (isOwn) await unlink(file);
        return isOwn;
      });
    } catch (error) {
      if (!isMissing(error)) remains.push({ file, code: codeOf(error) });
      return false;
    }
  };
  const hadText = (await remove(temporaryPath)) && expected !== undefined;
  const hadCopy = copyPath !== undefined && (await remove(copyPath));
  let removal: Removal = hadText || hadCopy ? 'copy removed' : 'absent';
  try {
    removal = await patiently(async () => {
      const { stands, text } = await lookAt(configPath);
      if (!stands) return removal;
      if (!text?.startsWith(`${mark},`)) return 'foreign';
      // Post may know less than main by now, in a container job, and has no hash then: the mark is this step's alone.
      if (expected !== undefined && sha256(text) !== expected) return 'changed';
      await unlink(configPath);
      return 'removed';
    });
  } catch (error) {
    if (!isMissing(error)) remains.push({ file: configPath, code: codeOf(error) });
  }
  if (remains.length > 0) throw new RemainsError(remains);
  for (const folder of createdFolders.toReversed()) {
    // A folder that holds something by now stays.
    await rmdir(folder).catch(() => {});
  }
  return removal;
}

/** Reads what stands somewhere, as far as it can be ours: a pipe would be waited for, and a link leads elsewhere. */
async function lookAt(file: string): Promise<{ stands: boolean; text?: string }> {
  const stats = await lstat(file).catch(ignoreMissing);
  if (!stats?.isFile()) return { stands: stats !== undefined };
  return { stands: true, text: await readFile(file, 'utf8') };
}

/**
 * Looks for a file of ours.
 * @returns its text, where there is one
 * @throws ActionError `invalid-input` when what stands there is not ours
 */
async function findOurs(file: string): Promise<string | undefined> {
  const stats = await lstat(file).catch(ignoreMissing);
  if (stats === undefined) return undefined;
  const kind = stats.isFile() ? undefined : stats.isSymbolicLink() ? 'a symbolic link' : 'not a file';
  const text = kind === undefined ? await readFile(file, 'utf8') : '';
  if (isOurs(text)) return text;
  throw new ActionError(
    'invalid-input',
    kind === undefined
      ? `There is a file at ${file} already that this action did not write. It was left as it is.`
      : `What stands at ${file} is ${kind}. It was left as it is.`,
    'Remove it, or choose another place with the input config-path.',
  );
}

/** Creates a file that nobody else can read. */
async function openPrivate(file: string): Promise<FileHandle> {
  const handle = await open(file, 'wx', PRIVATE_FILE);
  try {
    await restrictAccess(file);
  } catch (error) {
    // Nobody else could close it, and on Windows the name of an open file may stay.
    await handle.close();
    throw error;
  }
  return handle;
}

/** Makes a file hold these bytes and no others, in one go: the system may take less at a time where it is nearly full. */
function writeWhole({ fd }: FileHandle, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
  ftruncateSync(fd, bytes.length);
}

/**
 * Does something with a file, on Windows in several tries: there it can be neither moved nor removed as long as
 * somebody else has it open who does not allow that, such as a virus scanner that looks at every new file.
 * It is not the library that retries requests: every post step would load that for this.
 * @param act looks anew in each try at what stands there, where that matters
 */
async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      const isInUse = process.platform === 'win32' && IN_USE.has(codeOf(error));
      if (!isInUse || tries === TRIES) throw error;
    }
    await sleep(PAUSE);
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

/** Creates folders. One that another job creates at the same time is as good, and goes when both are empty. */
async function createFolders(missing: string[], folder: string): Promise<void> {
  for (const at of missing) {
    await mkdir(at, at === folder ? PRIVATE_FOLDER : PUBLIC_FOLDER).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
}

/** Removes what a job of another run wrote under names that only it knew, and never came to take away. */
async function removeLeftovers(folder: string, prefix: string, run: string | undefined): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const file = path.join(folder, name);
    const { text = '' } = await lookAt(file);
    if (isOurs(text) && !isOfRun(text, run)) await patiently(() => unlink(file)).catch(ignoreMissing);
  }
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
  try {
    // Not by the toolkit, which finds a program by its whole path only where PATHEXT says what one is called.
    await promisify(execFile)(icacls, [file, '/inheritance:r', '/grant:r', '*S-1-3-4:F'], {
      windowsHide: true,
    });
  } catch (error) {
    const { code } = error as ExecFileException;
    const end = typeof code === 'number' ? `ended with exit code ${code}` : `did not run (${codeOf(error)})`;
    throw new ActionError(
      'invalid-input',
      `mondoo.yml cannot be kept from other users in ${path.dirname(file)}: ${icacls} ${end}.`,
      'It has to lie on a disk that has access lists, as NTFS does, where icacls can set them. Choose another place with the input config-path.',
    );
  }
}

function notWritable(folder: string, error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  const code = codeOf(error);
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

/** The room that was taken for the text ends in empty lines, of which a step that is killed may leave some. */
function sha256(text: string): string {
  return createHash('sha256').update(text.replace(/\n+$/, '')).digest('hex');
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
