import type { ReservedKeyFile } from './config/key-file.ts';
import { renderMondooYml } from './config/render.ts';
import type { Identity } from './credentials/identity.ts';
import { readRegistered, requireOwn } from './credentials/minted.ts';
import { documentSecrets, fileSecrets } from './credentials/secrets.ts';
import { type Job, JobCancelled } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import { agentInfo } from './platform/agent-info.ts';
import { CallError } from './platform/call-error.ts';
import { VERSION } from './platform/connection.ts';
import { notices } from './report/notices.ts';
import type { SignedIn, SignInContext } from './sign-in.ts';
import type { Mrn } from './util/mrn.ts';

/** What minting takes. */
export interface MintContext extends SignInContext {
  keyFile: ReservedKeyFile;
}

/** Registers a client with a registration token, which mints a service account for it. */
export async function mintClient(
  { token }: Extract<Identity, { kind: 'registration token' }>,
  { job, platform, deadline, startedAt, host, rollback, registration, route, keyFile }: MintContext,
): Promise<SignedIn> {
  const { name } = registration;
  const { apiProxy } = route;
  const info = agentInfo(host, VERSION, job.labels);
  job.throwIfOver();
  job.log(notices.minting(name));
  job.remember({ pendingClientName: name });
  try {
    // Half of it would leave a client that nobody can unregister.
    const { answer, client, session } = await job.critical(async (grace) => {
      const answer = await platform.registerWithToken(token.jwt, name, info, deadline.withGrace(grace));
      job.mask(documentSecrets(answer.credential));
      const { agentMrn: client, credentials, account } = readRegistered(answer, token, startedAt);
      const document = { ...credentials, ...(apiProxy !== undefined && { api_proxy: apiProxy }) };
      const session = { account: { ...account, ...(apiProxy !== undefined && { apiProxy }) }, document };
      rollback.defer(() => takeBack(client, session.account, keyFile, job));
      const text = renderMondooYml({ ...document, agent_mrn: client }, 'a registration token');
      job.mask(fileSecrets(text));
      job.remember({ client, pendingClientName: undefined });
      keyFile.write(text);
      return { answer, client, session };
    });
    job.throwIfOver();
    requireOwn(answer, { clientMrn: client, account: session.account }, token);
    return {
      session,
      found: { account: session.account, registration: { ...registration, clientMrn: client } },
    };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    // If the job is over, the platform may still answer: post names the client.
    job.throwIfOver();
    job.forget('pendingClientName');
    return { found: { registration: { ...registration, error, failedAt: new Date() } } };
  }
}

/** Unregisters a client that was minted in vain; if that fails, post tries again with the key file. */
async function takeBack(client: Mrn, account: ServiceAccount, keyFile: ReservedKeyFile, job: Job): Promise<void> {
  const isCancelled = () => job.signal.reason instanceof JobCancelled;
  if (isCancelled()) return;
  // Few jobs need it.
  const { unregister } = await import('./unregister.ts');
  const obstacle = await job.critical((grace) => unregister(client, account, job, grace));
  if (obstacle && isCancelled()) return;
  const superseded = job.findSuperseded();
  if (obstacle && keyFile.isWritten && !superseded) {
    return job.log(notices.postponed(client, obstacle.reason));
  }
  // Or post has been there before, and has unregistered it.
  if (obstacle && !(obstacle.mayBeGone && superseded)) job.warn(notices.lostClient(client, obstacle.reason));
  job.forget('client');
}
