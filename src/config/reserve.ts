import { randomUUID } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceAccount } from '../platform/account.ts';
import { ActionError } from '../util/errors.ts';
import { inTheWay, lookAt, notWritable, retryBusy } from './disk-error.ts';
import { keyHash } from './key-hash.ts';
import type { ConfigManifest } from './manifest.ts';
import { createPrivateFile, type ReserveOptions } from './private-file.ts';
import { isOurs } from './render.ts';

export type ReservedConfig = Awaited<ReturnType<typeof reserveConfig>>;

/**
 * The life of mondoo.yml in main: its place is reserved before anything is created on the platform, its text is
 * written whole, and moved into place when the gate has passed.
 * @throws ActionError `runner-error` if another file is there or nothing can be written; `invalid-input`
 */
export async function reserveConfig(file: string, options: ReserveOptions) {
  const { isDefaultPlace, job } = options;
  const { dir, name, ext } = path.parse(file);
  const fail = notWritable(dir, !isDefaultPlace);
  // It ends as the file itself does: cnspec reads it under this name as well.
  const temporaryPath = path.join(dir, `.${name}.${randomUUID()}${ext}`);
  const config: ConfigManifest = { path: file, temporaryPath, isDefaultPlace };
  await requireReplaceable(config, job.env).catch(fail);
  const { write, isInPlace, close } = await createPrivateFile(temporaryPath, { config }, options);
  return {
    path: file,
    temporaryPath,
    /** Writes the whole text under the temporary name. */
    write,
    /**
     * Moves what was written into place, so that nobody ever reads half a file.
     * @returns the account that another mondoo.yml held, which this one replaced
     */
    async publish({ privateKey }: ServiceAccount): Promise<string | undefined> {
      try {
        // In a container job no signal arrives, so post may have removed it while main still runs.
        if (!(await isInPlace())) throw takenAway(temporaryPath);
        await close();
        return await retryBusy(async () => {
          const replaced = await requireReplaceable(config, job.env);
          config.keyHash = keyHash(privateKey);
          job.remember({ config });
          await rename(temporaryPath, file);
          return replaced;
        });
      } catch (error) {
        return fail(error);
      }
    },
    close,
  };
}

/**
 * Makes sure that nothing stands in the place but a mondoo.yml that may be replaced: one with our mark, and in the
 * default place also the one that MONDOO_CONFIG_PATH names, which `cnspec login` may have rewritten.
 * @returns the service account in it
 * @throws ActionError `runner-error`
 */
async function requireReplaceable(
  { path: file, isDefaultPlace }: ConfigManifest,
  { MONDOO_CONFIG_PATH }: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const stats = await lookAt(file);
  if (stats === undefined) return undefined;
  if (!stats.isFile()) {
    throw inTheWay(`${file} is ${stats.isSymbolicLink() ? 'a symbolic link' : 'not a file'}.`);
  }
  const text = await readFile(file, 'utf8');
  const isReplaceable = isOurs(text) || (isDefaultPlace && MONDOO_CONFIG_PATH === file);
  if (!isReplaceable) throw inTheWay(`${file} already exists, and this action did not write it.`);
  return /^mrn: ["']?(\S+?)["']?\s*$/m.exec(text)?.[1];
}

function takenAway(temporaryPath: string): ActionError {
  return new ActionError(
    'runner-error',
    `The file ${temporaryPath} was removed or replaced before the step could rename it to mondoo.yml.`,
    'If the job was cancelled, its post step did so. Otherwise find what changes that folder during the job, or set the input `config-path` to another path.',
  );
}
