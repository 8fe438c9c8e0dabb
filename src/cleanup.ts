import { info, warning } from '@actions/core';
import { type Footprint, type Removal, readConfigFile, removeConfigFile } from './config/file.ts';
import { parseCredentials } from './credentials/decode.ts';
import { readServiceAccount } from './credentials/service-account.ts';
import { unregister } from './minted-client.ts';
import { warnOfLostClient } from './report/notices.ts';
import { recallState } from './state.ts';
import type { Mrn } from './values/mrn.ts';
import { plainText } from './values/plain-text.ts';

const TOLD: Record<Removal, string> = {
  removed: 'Removed mondoo.yml',
  absent: 'There is no mondoo.yml to remove',
  foreign: 'Left mondoo.yml alone: it is not the file that this step wrote',
};

/** The post step: takes back what the main step minted and wrote, and nothing else. It never fails the job. */
export async function run(): Promise<void> {
  const { footprint, mintedClient } = recallState();
  if (!footprint) return info('There is nothing to clean up: the step ended before it prepared mondoo.yml.');
  try {
    // The key is needed for this, so it goes before the file.
    if (mintedClient) await unregisterMinted(mintedClient, footprint);
  } finally {
    await removeFile(footprint);
  }
}

async function unregisterMinted(clientMrn: Mrn, footprint: Footprint): Promise<void> {
  const text = await readConfigFile(footprint).catch(() => undefined);
  if (text === undefined) {
    return warnOfLostClient(clientMrn, 'mondoo.yml, which holds its key, is gone or was changed');
  }
  const { account } = readServiceAccount(parseCredentials({ form: 'YAML', text }), { now: new Date() });
  await unregister(clientMrn, account);
}

async function removeFile(footprint: Footprint): Promise<void> {
  try {
    info(plainText(`${TOLD[await removeConfigFile(footprint)]}: ${footprint.configPath}`, 1000));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const text = `mondoo.yml could not be removed from ${footprint.configPath} (${code}). It holds a private key: remove it.`;
    warning(plainText(text, 1000));
  }
}
