import { randomUUID } from 'node:crypto';
import { lstat, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceAccount } from '../platform/account.ts';
import { ActionError } from '../util/errors.ts';
import { errorCode, ignoreMissing, notWritable, retryBusy } from './disk-error.ts';
import { claimFolder, createFolders, missingFolders, removeFolders } from './folders.ts';
import { keyHash } from './key-hash.ts';
import type { CleanupManifest, ConfigManifest, FileManifest, Remember } from './manifest.ts';
import { isOurs } from './mark.ts';
import { PrivateFile } from './private-file.ts';
import { removeConfig, removeKeyFile } from './remove.ts';

/** Where mondoo.yml goes. */
export interface Place {
  /** Absolute. */
  path: string;
  /** Whether it is `.config/mondoo` in the job's own home, rather than where the workflow says. */
  isDefault: boolean;
}

export interface ReserveOptions {
  /** The most bytes that the file will need. */
  room: number;
  env: NodeJS.ProcessEnv;
  remember: Remember;
}

/**
 * The life of mondoo.yml in main: its place is reserved before anything is created on the platform, its text is
 * written whole, and moved into place when the gate has passed. Disposing of it takes all of that away.
 */
export class ReservedConfig {
  /** The account that another mondoo.yml held, which this one replaced. */
  replaced: string | undefined;
  private manifest: ConfigManifest;
  private readonly file: PrivateFile;
  private readonly options: ReserveOptions;

  private constructor(manifest: ConfigManifest, file: PrivateFile, options: ReserveOptions) {
    this.manifest = manifest;
    this.file = file;
    this.options = options;
  }

  /** @throws ActionError `runner-error` if another file is there or nothing can be written; `invalid-input` */
  static async reserve(place: Place, options: ReserveOptions): Promise<ReservedConfig> {
    const { dir, name, ext } = path.parse(place.path);
    const manifest: ConfigManifest = {
      path: place.path,
      // It ends as the file itself does: cnspec reads it under this name as well.
      temporaryPath: path.join(dir, `.${name}.${randomUUID()}${ext}`),
      createdFolders: [],
      isDefaultPlace: place.isDefault,
    };
    try {
      await requireReplaceable(place, options.env);
    } catch (error) {
      throw notWritable(dir, error, !place.isDefault);
    }
    const { temporaryPath } = manifest;
    const file = await reserveFile(temporaryPath, place.isDefault, options, (createdFolders) => {
      manifest.createdFolders = createdFolders;
      return { config: manifest };
    });
    return new ReservedConfig(manifest, file, options);
  }

  get path(): string {
    return this.manifest.path;
  }

  /** The name under which the file is written before it is moved into place. */
  get temporaryPath(): string {
    return this.manifest.temporaryPath;
  }

  /** Writes the whole text under the temporary name. */
  write(text: string): void {
    this.attempt(() => this.file.write(text));
  }

  /** Moves what was written into place, so that nobody ever reads half a file. */
  async publish({ privateKey }: ServiceAccount): Promise<void> {
    const { temporaryPath, isDefaultPlace } = this.manifest;
    const place = { path: this.path, isDefault: isDefaultPlace };
    try {
      // In a container job no signal arrives, so post may have removed it while main still runs.
      if (!(await this.file.isInPlace())) throw takenAway(temporaryPath);
      await this.file.close();
      await retryBusy(async () => {
        this.replaced = await requireReplaceable(place, this.options.env);
        this.manifest = { ...this.manifest, keyHash: keyHash(privateKey) };
        this.options.remember({ config: this.manifest });
        await rename(temporaryPath, this.path);
      });
    } catch (error) {
      throw notWritable(path.dirname(this.path), error, !isDefaultPlace);
    }
  }

  /**
   * Removes what was written, and the folders that were created for it.
   * @throws CleanupError
   */
  async remove(): Promise<void> {
    // A disk may report only now what became of the bytes, which are no longer needed.
    await this.file.close().catch(() => {});
    await removeConfig(this.manifest);
  }

  private attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw notWritable(path.dirname(this.path), error, !this.manifest.isDefaultPlace);
    }
  }
}

/** A private file beside the default mondoo.yml for the key of a client that is minted for this job. */
export class ReservedKeyFile {
  readonly manifest: FileManifest;
  /** Whether post can use it. */
  isWritten = false;
  private readonly file: PrivateFile;

  private constructor(manifest: FileManifest, file: PrivateFile) {
    this.manifest = manifest;
    this.file = file;
  }

  /** @param defaultPath where mondoo.yml goes by default */
  static async reserve(defaultPath: string, options: ReserveOptions): Promise<ReservedKeyFile> {
    const keyPath = path.join(path.dirname(defaultPath), `.mondoo.${randomUUID()}.key.yml`);
    const manifest: FileManifest = { path: keyPath, createdFolders: [] };
    const file = await reserveFile(keyPath, true, options, (createdFolders) => {
      manifest.createdFolders = createdFolders;
      return { keyFile: manifest };
    });
    return new ReservedKeyFile(manifest, file);
  }

  write(text: string): void {
    try {
      this.file.write(text);
      this.isWritten = true;
    } catch (error) {
      throw notWritable(path.dirname(this.manifest.path), error, false);
    }
  }

  /** @throws CleanupError */
  async remove(): Promise<void> {
    await this.file.close().catch(() => {});
    await removeKeyFile(this.manifest);
  }
}

/**
 * Creates a private file with its folders, and room for its text.
 * @param manifestWith is saved before anything is created
 */
async function reserveFile(
  file: string,
  isOwnFolder: boolean,
  { room, env, remember }: ReserveOptions,
  manifestWith: (createdFolders: string[]) => CleanupManifest,
): Promise<PrivateFile> {
  const folder = path.dirname(file);
  let created: string[] = [];
  let reserved: PrivateFile | undefined;
  const create = async () => {
    const missing = await missingFolders(folder);
    created = [...new Set([...created, ...missing])].toSorted();
    remember(manifestWith(created));
    await createFolders(missing, folder);
    if (isOwnFolder) await claimFolder(folder);
    return PrivateFile.create(file, env);
  };
  try {
    reserved = await create().catch((error) => {
      // The post step of another job may have removed the folder just now, as it was empty.
      if (errorCode(error) !== 'ENOENT') throw error;
      return create();
    });
    reserved.write('\n'.repeat(room));
    return reserved;
  } catch (error) {
    await reserved?.close().catch(() => {});
    if (reserved) await unlink(file).catch(() => {});
    await removeFolders(created);
    throw notWritable(folder, error, !isOwnFolder);
  }
}

/**
 * Makes sure that nothing stands in the place but a mondoo.yml that may be replaced: one with our mark, and in the
 * default place also the one that MONDOO_CONFIG_PATH names, which `cnspec login` may have rewritten.
 * @returns the service account in it
 * @throws ActionError `runner-error`
 */
async function requireReplaceable(
  { path: file, isDefault }: Place,
  { MONDOO_CONFIG_PATH }: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const stats = await lstat(file).catch(ignoreMissing);
  if (stats === undefined) return undefined;
  const kind = stats.isFile() ? undefined : stats.isSymbolicLink() ? 'a symbolic link' : 'not a file';
  const text = kind === undefined ? await readFile(file, 'utf8') : '';
  if (kind === undefined && (isOurs(text) || (isDefault && MONDOO_CONFIG_PATH === file))) {
    return /^mrn: ["']?(\S+?)["']?\s*$/m.exec(text)?.[1];
  }
  throw new ActionError(
    'runner-error',
    kind === undefined
      ? `There is a file at ${file} already that this action did not write. It was left as it is.`
      : `What stands at ${file} is ${kind}. It was left as it is.`,
    'Remove it, or choose another place with the input config-path.',
  );
}

function takenAway(temporaryPath: string): ActionError {
  return new ActionError(
    'runner-error',
    `What the step had written to ${temporaryPath} was taken away or replaced before it could become mondoo.yml.`,
    'Where the job was cancelled, its post step has done so. Else look for what empties or changes that folder while the job runs, or choose another place with the input config-path.',
  );
}
