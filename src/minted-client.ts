import { info } from '@actions/core';
import { type Footprint, readConfigFile } from './config/file.ts';
import { parseCredentials } from './credentials/decode.ts';
import { proxySecrets } from './credentials/secrets.ts';
import { readServiceAccount, type ServiceAccount } from './credentials/service-account.ts';
import { ActionError } from './errors.ts';
import { mask } from './mask.ts';
import { CallError } from './platform/call-error.ts';
import { saysThatItIsGone } from './platform/client.ts';
import { connected } from './platform/connection.ts';
import { Deadline } from './platform/deadline.ts';
import { proxyFor } from './platform/proxy.ts';
import { tellRetry, warnOfLostClient } from './report/notices.ts';
import type { Mrn } from './values/mrn.ts';

/** How long it may take, whatever is left of the step's own time. Milliseconds. */
const TIMEOUT = 10_000;

/** The longest that one try may take of that, so that there is time for another. Milliseconds. */
const REQUEST_TIMEOUT = 3000;

/** Why a client is still there, or may be. */
export interface Obstacle {
  reason: string;
  /** Whether the platform may have said only that it does not know it any more. */
  mayBeGone: boolean;
}

/**
 * Unregisters a client that this job minted, while its key is still there. Never call it for another one: it
 * revokes the service account too, for everybody who uses it.
 * @param account the service account that was minted with the client
 * @returns nothing when it is gone
 */
export async function unregister(clientMrn: Mrn, account: ServiceAccount): Promise<Obstacle | undefined> {
  const { apiEndpoint: endpoint, apiProxy } = account;
  const deadline = new Deadline(TIMEOUT);
  try {
    const proxy = proxyFor(endpoint, apiProxy, process.env);
    mask(proxySecrets(proxy));
    const options = { endpoint, proxy, deadline, requestTimeout: REQUEST_TIMEOUT, onRetry: tellRetry };
    await connected(options, (platform) => platform.unregisterAgent(account, clientMrn));
  } catch (error) {
    if (!(error instanceof CallError || error instanceof ActionError)) throw error;
    const mayBeGone = error instanceof CallError && saysThatItIsGone(error);
    return { reason: mayBeGone ? `${error.message}; it may be gone already` : error.message, mayBeGone };
  }
  info(`→ unregistered the client ${clientMrn}`);
  return undefined;
}

/** Unregisters a client that an earlier step of this job minted, with the key in the file that the step wrote. */
export async function unregisterByFile(clientMrn: Mrn, footprint: Footprint): Promise<void> {
  const text = await readConfigFile(footprint);
  if (text === undefined) {
    const isWritten = footprint.sha256 !== undefined;
    return warnOfLostClient(
      clientMrn,
      isWritten
        ? 'mondoo.yml, which holds its key, is gone, was changed, or cannot be read'
        : 'the step ended before it could write down its key',
    );
  }
  const { account } = readServiceAccount(await parseCredentials({ form: 'YAML', text }), { now: new Date() });
  const obstacle = await unregister(clientMrn, account);
  if (obstacle !== undefined) warnOfLostClient(clientMrn, obstacle.reason);
}
