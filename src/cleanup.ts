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
  const { footprint, mintedClient, expectedClient } = recallState();
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
