import { rm } from 'node:fs/promises';
import { retryBusy } from './config/disk-error.ts';
import type { CleanupManifest } from './config/manifest.ts';
import { readText } from './config/read.ts';
import { IN_USE_TIMEOUT, removeFiles } from './config/remove.ts';
import type { Job } from './job.ts';
import { notices } from './report/notices.ts';
import { errorCode } from './util/errors.ts';
import type { Mrn } from './util/mrn.ts';

const OUTCOMES = {
  removed: 'Removed mondoo.yml',
  'copy removed': 'Removed a temporary copy of mondoo.yml',
  'key removed': 'Removed the key file of the client',
  changed: 'mondoo.yml was not removed, because it now holds another private key. Remove it if no step needs it',
  foreign: 'mondoo.yml was not removed, because it no longer holds the key of this step',
};

type PostJob = Pick<Job, 'env' | 'log' | 'mask' | 'warn'>;

/** The work of the post step: cleans up what main left on the platform and on the runner. */
export async function cleanUp(manifest: CleanupManifest, job: PostJob): Promise<void> {
  const { keyFile, client, pendingClientName, installFolders = [], ...files } = manifest;
  if (!files.config && !keyFile) job.log('There is nothing to clean up.');
  // First: unregistering may take a while, and it needs the key file alone.
  await removeAndReport(files, job);
  try {
    const obstacle = client && (await unregisterBy(keyFile, client, job));
    if (client && obstacle) job.warn(notices.lostClient(client, obstacle));
    if (!client && pendingClientName) job.warn(notices.pendingClient(pendingClientName));
  } finally {
    await removeAndReport({ keyFile, createdFolders: files.createdFolders }, job);
  }
  for (const folder of installFolders) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch((error) =>
      job.warn(`The step could not remove \`${folder}\` of the cnspec installation (${errorCode(error)}). Remove it.`),
    );
  }
}

async function removeAndReport(files: CleanupManifest, job: PostJob): Promise<void> {
  const outcomes = await removeFiles(files, job.warn);
  for (const [outcome, file] of outcomes) {
    if (outcome === 'changed') job.warn(`${OUTCOMES.changed}: ${file}`);
    else if (outcome !== 'failed') job.log(`${OUTCOMES[outcome]}: ${file}`);
  }
  if (files.config && outcomes.length === 0) job.log(`There is no mondoo.yml to remove: ${files.config.path}`);
}

/** @returns why the client may still exist */
async function unregisterBy(keyFile: string | undefined, client: Mrn, job: PostJob): Promise<string | undefined> {
  const read = (file: string) => retryBusy(() => readText(file), AbortSignal.timeout(IN_USE_TIMEOUT));
  const text = keyFile && (await read(keyFile).catch(() => undefined));
  if (text === undefined) return 'its key file is missing or unreadable';
  // Reserved room is blank.
  if (text.trim() === '') return 'the step ended before it saved the key';
  // Loaded on demand, as few jobs need it and it is big.
  const { readKeyFile, unregister } = await import('./unregister.ts');
  const account = readKeyFile(text, client);
  if (!account) return 'its key file was changed';
  return (await unregister(client, account, job))?.reason;
}
