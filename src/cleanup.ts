import { readFile, rm } from 'node:fs/promises';
import type { CleanupManifest, FileManifest } from './config/manifest.ts';
import { type Removal, removeConfig, removeKeyFile } from './config/remove.ts';
import type { Job } from './job.ts';
import { notices, remainsOf } from './report/notices.ts';
import type { Mrn } from './util/mrn.ts';

const OUTCOMES: Record<Removal, string> = {
  removed: 'Removed mondoo.yml',
  'copy removed': 'Removed the copy of mondoo.yml that only this step knew',
  absent: 'There is no mondoo.yml to remove',
  changed: 'Left mondoo.yml alone: a later step changed or replaced it. It may hold a private key: remove it',
  foreign: 'Left mondoo.yml alone: it is not the file that this step wrote',
};

/** The story of post: undoes what main left on the platform and on the runner, and nothing else. */
export async function cleanUp(
  { config, keyFile, client, pendingClientName, installFolders = [] }: CleanupManifest,
  job: Pick<Job, 'env' | 'log' | 'mask' | 'warn'>,
): Promise<void> {
  if (!config) return job.log('There is nothing to clean up: the step ended before it prepared mondoo.yml.');
  if (client) await unregisterByKeyFile(client, keyFile, job);
  else if (pendingClientName) job.warn(notices.pendingClient(pendingClientName));
  const warnOfRemains = (error: unknown) => void job.warn(remainsOf(error));
  const hadKeyFile = keyFile && (await removeKeyFile(keyFile).catch(warnOfRemains));
  const removal = await removeConfig(config).catch(warnOfRemains);
  if (removal) {
    const outcome = removal === 'absent' && hadKeyFile ? 'copy removed' : removal;
    const place = outcome === 'copy removed' ? (keyFile?.path ?? config.temporaryPath) : config.path;
    const report = outcome === 'changed' ? job.warn : job.log;
    report(`${OUTCOMES[outcome]}: ${place}`);
  }
  for (const folder of installFolders) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(({ code = 'unknown error' }) =>
      job.warn(`What an installation of cnspec left could not be removed: ${folder} (${code}).`),
    );
  }
}

async function unregisterByKeyFile(
  client: Mrn,
  keyFile: FileManifest | undefined,
  job: Pick<Job, 'env' | 'log' | 'mask' | 'warn'>,
): Promise<void> {
  const text = keyFile && (await readFile(keyFile.path, 'utf8').catch(() => undefined));
  if (text === undefined) {
    return job.warn(notices.lostClient(client, 'the file with its key is gone or cannot be read'));
  }
  // The room that main reserves holds nothing but line ends.
  if (text.trim() === '') {
    return job.warn(notices.lostClient(client, 'the step ended before it could write down its key'));
  }
  // Few jobs need it, and it is most of what there is to load.
  const { readKeyFile, unregister } = await import('./unregister.ts');
  const account = await readKeyFile(text);
  const obstacle = account
    ? await unregister(client, account, job)
    : { reason: 'the file with its key was changed' };
  if (obstacle) job.warn(notices.lostClient(client, obstacle.reason));
}
