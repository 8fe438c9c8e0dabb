import { forget } from './config/manifest.ts';
import type { PrivateFile } from './config/private-file.ts';
import { parseJson } from './credentials/decode.ts';
import { routeTo } from './credentials/route.ts';
import { readServiceAccount } from './credentials/service-account.ts';
import { type Job, JobCancelled } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import { CallError } from './platform/call-error.ts';
import { mayMeanNoClient, PlatformClient } from './platform/client.ts';
import { Deadline } from './platform/deadline.ts';
import { logRetries, notices } from './report/notices.ts';
import { ActionError } from './util/errors.ts';
import type { Mrn } from './util/mrn.ts';

/** The limit, independent of `timeout`. Milliseconds. */
const TIMEOUT = 10_000;

/** The limit of one attempt, so that there is time for a retry. Milliseconds. */
const REQUEST_TIMEOUT = 3000;

/** Why a client may still exist. */
interface Obstacle {
  reason: string;
  /** Whether the error may mean only that the client no longer exists. */
  mayBeGone: boolean;
}

/**
 * Unregisters a client that this job minted. Never call it for another client: it revokes the service account too.
 * @param account the service account that was minted with the client
 * @param over ends the attempts
 * @returns undefined if the client is gone
 */
export async function unregister(
  client: Mrn,
  account: ServiceAccount,
  job: Pick<Job, 'env' | 'log' | 'mask'>,
  over?: AbortSignal,
): Promise<Obstacle | undefined> {
  const { apiEndpoint: endpoint, apiProxy } = account;
  const deadline = new Deadline(TIMEOUT, over);
  try {
    // A registration token names no proxy, so the account's is that of the input.
    const route = routeTo(endpoint, { input: apiProxy }, job);
    const onRetry = logRetries(job);
    using platform = new PlatformClient({ endpoint, ...route, deadline, requestTimeout: REQUEST_TIMEOUT, onRetry });
    await platform.unregisterAgent(account, client);
  } catch (error) {
    if (!(error instanceof CallError || error instanceof ActionError)) throw error;
    const mayBeGone = error instanceof CallError && mayMeanNoClient(error);
    return { reason: mayBeGone ? `${error.message}. The client may already be gone` : error.message, mayBeGone };
  }
  job.log(notices.unregistered(client));
  return undefined;
}

/** Reads the account that was minted with a client from its key file; undefined if the file was changed. */
export function readKeyFile(text: string, client: Mrn): ServiceAccount | undefined {
  try {
    const { account } = readServiceAccount(parseJson({ form: 'JSON', text }), { now: new Date() });
    return account.agentMrn === client ? account : undefined;
  } catch (error) {
    if (error instanceof ActionError) return undefined;
    throw error;
  }
}

/** Unregisters a client that is no longer needed. If that fails, post retries with the key file. */
export async function rollBack(client: Mrn, account: ServiceAccount, keyFile: PrivateFile, job: Job): Promise<void> {
  const isCancelled = () => job.signal.reason instanceof JobCancelled;
  if (isCancelled()) return;
  const obstacle = await job.critical((grace) => unregister(client, account, job, grace));
  if (obstacle && isCancelled()) return;
  const superseded = job.findSuperseded();
  if (obstacle && keyFile.isWritten() && !superseded) return job.log(notices.postponed(client, obstacle.reason));
  // If post ran before, it has unregistered the client.
  if (obstacle && !(obstacle.mayBeGone && superseded)) job.warn(notices.lostClient(client, obstacle.reason));
  forget('client', job.remember);
  forget('pendingClientName', job.remember);
}
