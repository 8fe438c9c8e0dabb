import { rm } from 'node:fs/promises';
import { info, warning } from '@actions/core';
import { type Footprint, type Removal, removeConfigFile } from './config/file.ts';
import { warnOfExpectedClient, warnOfRemains } from './report/notices.ts';
import { recallState } from './state.ts';
import { plainText } from './values/plain-text.ts';

const TOLD: Record<Removal, string> = {
  removed: 'Removed mondoo.yml',
  'copy removed': 'Removed the copy of mondoo.yml that only this step knew',
  absent: 'There is no mondoo.yml to remove',
  changed: 'Left mondoo.yml alone: a later step changed or replaced it. It may hold a private key: remove it',
  foreign: 'Left mondoo.yml alone: it is not the file that this step wrote',
};

/** The post step: takes back what the main step minted and wrote, and nothing else. It never fails the job. */
export async function run(): Promise<void> {
  const { footprint, mintedClient, expectedClient, scratch } = recallState();
  if (!footprint) return info('There is nothing to clean up: the step ended before it prepared mondoo.yml.');
  if (expectedClient && !mintedClient) warnOfExpectedClient(expectedClient);
  try {
    if (mintedClient) {
      // Few jobs need it, and it brings most of what there is to load.
      const { unregisterByFile } = await import('./minted-client.ts');
      // The key is in the file, so the file goes after it.
      await unregisterByFile(mintedClient, footprint);
    }
  } finally {
    await removeFile(footprint);
    for (const folder of scratch) await removeFolder(folder);
  }
}

/** What an installation of cnspec left that was ended in the middle: large, and no secret. */
async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    warning(
      plainText(`What an installation of cnspec left could not be removed: ${folder} (${code}).`, 1000),
    );
  }
}

async function removeFile(footprint: Footprint): Promise<void> {
  try {
    const removal = await removeConfigFile(footprint);
    const place = removal === 'copy removed' ? footprint.temporaryPath : footprint.configPath;
    const tell = removal === 'changed' ? warning : info;
    tell(plainText(`${TOLD[removal]}: ${place}`, 1000));
  } catch (error) {
    warnOfRemains(error);
  }
}
