import { randomUUID } from 'node:crypto';
import { lstat, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceAccount } from '../platform/account.ts';
import { ActionError } from '../util/errors.ts';
import { ignoreMissing, notWritable, retryBusy } from './disk-error.ts';
import { keyHash } from './key-hash.ts';
import type { ConfigManifest } from './manifest.ts';
import { isOurs } from './mark.ts';
import type { PrivateFile } from './private-file.ts';
import { removeConfig } from './remove.ts';
import { type ReserveOptions, reserveFile } from './reserve-file.ts';

/** Where mondoo.yml goes. */
export interface Place {
  /** Absolute. */
  path: string;
  /** Whether it is `.config/mondoo` in the job's own home, rather than where the workflow says. */
  isDefault: boolean;
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
      isDefaultPlace: place.isDefault,
    };
    try {
      await requireReplaceable(place, options.env);
    } catch (error) {
      throw notWritable(dir, error, !place.isDefault);
    }
    const change = { config: manifest };
    const file = await reserveFile(manifest.temporaryPath, place.isDefault, options, change);
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
    try {
      this.file.write(text);
    } catch (error) {
      throw notWritable(path.dirname(this.path), error, !this.manifest.isDefaultPlace);
    }
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

  /** @throws CleanupError */
  async remove(): Promise<void> {
    // A disk may report only now what became of the bytes, which are no longer needed.
    await this.file.close().catch(() => {});
    await removeConfig(this.manifest);
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
