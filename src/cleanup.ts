import { readFile, rm } from 'node:fs/promises';
import { removeFolders } from './config/folders.ts';
import type { CleanupManifest } from './config/manifest.ts';
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

type PostJob = Pick<Job, 'env' | 'log' | 'mask' | 'warn'>;

/** The story of post: undoes what main left on the platform and on the runner, and nothing else. */
export async function cleanUp(manifest: CleanupManifest, job: PostJob): Promise<void> {
  const { config, keyFile, client, pendingClientName, installFolders = [] } = manifest;
  if (client) await unregisterByKeyFile(client, keyFile, job);
  else if (pendingClientName) job.warn(notices.pendingClient(pendingClientName));
  if (config || keyFile) await removeFiles(manifest, job);
  else job.log('There is nothing to clean up: the step ended before it prepared mondoo.yml.');
  for (const folder of installFolders) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(({ code = 'unknown error' }) =>
      job.warn(`What an installation of cnspec left could not be removed: ${folder} (${code}).`),
    );
  }
}

async function removeFiles({ config, keyFile, createdFolders = [] }: CleanupManifest, job: PostJob): Promise<void> {
  const warnOfRemains = (error: unknown) => void job.warn(remainsOf(error));
  const hadKeyFile = keyFile && (await removeKeyFile(keyFile).catch(warnOfRemains));
  const removal = config && (await removeConfig(config).catch(warnOfRemains));
  await removeFolders(createdFolders);
  if (removal === 'changed') job.warn(`${OUTCOMES.changed}: ${config?.path}`);
  else if (removal === 'copy removed') job.log(`${OUTCOMES[removal]}: ${config?.temporaryPath}`);
  else if (removal !== 'absent' && removal) job.log(`${OUTCOMES[removal]}: ${config?.path}`);
  else if (hadKeyFile) job.log(`${OUTCOMES['copy removed']}: ${keyFile}`);
  else if (removal) job.log(`${OUTCOMES.absent}: ${config?.path}`);
}

async function unregisterByKeyFile(client: Mrn, keyFile: string | undefined, job: PostJob): Promise<void> {
  const text = keyFile && (await readFile(keyFile, 'utf8').catch(() => undefined));
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
  const obstacle = account ? await unregister(client, account, job) : { reason: 'the file with its key was changed' };
  if (obstacle) job.warn(notices.lostClient(client, obstacle.reason));
}
