import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceAccount } from '../platform/account.ts';
import { ActionError } from '../util/errors.ts';
import { explainUnwritable, pathTaken, retryBusy, statIfExists } from './disk-error.ts';
import { requireOwnFolder } from './folders.ts';
import type { ConfigManifest } from './manifest.ts';
import { createPrivateFile, type ReserveOptions } from './private-file.ts';
import { accountIn, isOurs, keyHash, readText } from './read.ts';

export type ReservedConfig = Awaited<ReturnType<typeof reserveConfig>>;

/**
 * Reserves the place of mondoo.yml, before anything is created on the platform.
 * @throws ActionError `runner-error` if another file is there or nothing can be written; `invalid-input`
 */
export async function reserveConfig(file: string, options: ReserveOptions) {
  const { isDefaultPlace, signal, job } = options;
  const { dir, name, ext } = path.parse(file);
  const fail = explainUnwritable(dir, !isDefaultPlace);
  // With the same extension, as `cnspec status` reads it.
  const temporaryPath = path.join(dir, `.${name}.${randomUUID()}${ext}`);
  const config: ConfigManifest = { path: file, temporaryPath, isDefaultPlace };
  if (!isDefaultPlace) await requireOwnFolder(dir, job.workspace).catch(fail);
  await retryBusy(() => requireReplaceable(config, job.env), signal).catch(fail);
  const { write, isInPlace, close } = await createPrivateFile(temporaryPath, { config }, options);
  return {
    path: file,
    temporaryPath,
    /** Writes the whole text under the temporary name. */
    write,
    /**
     * Renames the file, so that no program reads half of it.
     * @returns the service account in the mondoo.yml that was replaced
     */
    async publish({ privateKey }: ServiceAccount): Promise<string | undefined> {
      try {
        // In a container job no signal arrives, so post may already have removed it.
        if (!(await isInPlace())) {
          throw new ActionError(
            'runner-error',
            `The file \`${temporaryPath}\` was removed or replaced before the step could rename it to \`mondoo.yml\`.`,
            'If the job was cancelled, its cleanup removed the file. Otherwise, find what changes that folder during the job, or set the input `config-path` to another path.',
          );
        }
        await close();
        return await retryBusy(async () => {
          const replaced = await requireReplaceable(config, job.env);
          job.remember({ config: { ...config, keyHash: keyHash(privateKey) } });
          await rename(temporaryPath, file).catch((error) => {
            // The file that is still there may be an earlier step's, with the same key.
            job.remember({ config });
            throw error;
          });
          return replaced;
        }, signal);
      } catch (error) {
        return fail(error);
      }
    },
  };
}

/** mondoo.yml of an earlier step, which stays as it is. */
export function keptConfig(file: string): ReservedConfig {
  return { path: file, temporaryPath: file, write: () => {}, publish: async () => undefined };
}

/**
 * Makes sure that a file may be replaced: it has our mark or, in the default place, MONDOO_CONFIG_PATH names it, as
 * `cnspec login` may have rewritten it.
 * @returns the service account in it
 * @throws ActionError `runner-error`
 */
async function requireReplaceable(config: ConfigManifest, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { path: file, isDefaultPlace } = config;
  const stats = await statIfExists(file);
  if (stats === undefined) return undefined;
  const kind = stats.isSymbolicLink() ? 'a symbolic link' : 'not a file';
  if (!stats.isFile()) throw pathTaken(`\`${file}\` is ${kind}.`);
  const text = await readText(file);
  const isReplaceable = isOurs(text) || (isDefaultPlace && env.MONDOO_CONFIG_PATH === file);
  if (!isReplaceable)
    throw pathTaken(`\`${file}\` exists already, and this action didn't write it. \`cnspec login\` may have.`);
  return accountIn(text);
}
