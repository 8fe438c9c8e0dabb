import type { Work } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import { agentInfo } from './platform/agent-info.ts';
import { CallError } from './platform/call-error.ts';
import type { PlatformClient } from './platform/client.ts';
import { VERSION } from './platform/connection.ts';
import type { StatusCheck } from './platform/status-check.ts';
import type { Registration } from './status/result.ts';

/**
 * Registers a client with a service account, if one is wanted and none is there yet. It can't be undone, as other jobs
 * may use the account, so nothing may speak against it.
 */
export async function registerClient(
  platform: PlatformClient,
  account: ServiceAccount,
  { job, host, registration, check }: Work & { registration: Registration; check: StatusCheck },
): Promise<Registration> {
  const { wanted, name, clientMrn } = registration;
  if (!wanted || clientMrn !== undefined || check.ping !== 'accepted') return registration;
  try {
    const info = agentInfo(host, VERSION, job.labels);
    return { ...registration, clientMrn: await platform.registerAgent(account, name, info) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { ...registration, error, failedAt: new Date() };
  }
}
