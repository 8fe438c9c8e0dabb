import { forget } from './config/manifest.ts';
import type { PrivateFile } from './config/private-file.ts';
import { type IdToken, requireIssuer } from './credentials/external-account.ts';
import type { Identity } from './credentials/identity.ts';
import { readExchanged, readRegistered, requireSameOwner } from './credentials/minted.ts';
import { routeTo } from './credentials/route.ts';
import { fileSecrets, tokenSecrets } from './credentials/secrets.ts';
import type { Session } from './credentials/service-account.ts';
import type { Identified } from './identify.ts';
import type { Work } from './job.ts';
import { agentInfo, VERSION } from './platform/agent-info.ts';
import { CallError } from './platform/call-error.ts';
import type { PlatformClient } from './platform/client.ts';
import { canSign, type StatusCheck } from './platform/status-check.ts';
import { timestamp } from './report/facts.ts';
import { logRetries, notices } from './report/notices.ts';
import type { Result } from './status/result.ts';
import { rollBack } from './unregister.ts';

/** What signing in found out; without a session it failed. */
interface SignedIn {
  session?: Session;
  found: Partial<Result>;
}

/** What signing in takes. */
interface SignInContext extends Work, Identified {
  platform: PlatformClient;
  keyFile: PrivateFile | undefined;
  /** Health and clock, as far as they are known. */
  check: StatusCheck | undefined;
}

/** Gets a service account that can sign requests, by the identity's authentication method. */
export async function signIn(context: SignInContext): Promise<SignedIn> {
  const { identity, check, keyFile } = context;
  switch (identity.kind) {
    case 'service account':
      return { session: identity, found: {} };
    case 'workload identity':
      return exchangeIdToken(identity, context);
    case 'registration token':
      // Even if fail-on tolerates the skew, the client could be neither used nor unregistered.
      return keyFile && check && canSign(check) ? mintClient(identity, context, keyFile) : { found: {} };
  }
}

/** Exchanges an ID token of this run for a service account. */
async function exchangeIdToken(
  { account: external, idTokens }: Extract<Identity, { kind: 'workload identity' }>,
  { job, platform, deadline, startedAt }: SignInContext,
): Promise<SignedIn> {
  // The input api-proxy leads to Mondoo; the route to the CI is the runner's own.
  const route = idTokens.url && routeTo(idTokens.url.href, undefined, job);
  const { issuerUri, ownerMrn: audience } = external;
  const found: Partial<Result> = {};
  let idToken: IdToken | undefined;
  const freshToken = async () => {
    if (idToken && !idToken.hasExpired()) return idToken.jwt;
    idToken = await idTokens.request(audience, { ...route, deadline, onRetry: logRetries(job) });
    job.mask(tokenSecrets(idToken.jwt));
    found.idToken = idToken.claims;
    requireIssuer(external, idToken.claims);
    job.throwIfOver();
    return idToken.jwt;
  };
  try {
    await freshToken();
    const minted = await platform.exchangeExternalToken({ issuerUri, audience }, freshToken);
    const session = readExchanged(minted, external, startedAt);
    const { account } = session;
    const expiresAt = account.certificate?.to;
    job.log(notices.exchanged(expiresAt === undefined ? '' : `, valid until ${timestamp(expiresAt)}`));
    return { session, found: { ...found, account } };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { found: { ...found, exchangeError: error } };
  }
}

/** Registers a client with a registration token, which mints a service account for it. */
async function mintClient(
  { token }: Extract<Identity, { kind: 'registration token' }>,
  { job, platform, deadline, startedAt, host, rollback, registration, route }: SignInContext,
  keyFile: PrivateFile,
): Promise<SignedIn> {
  const { name } = registration;
  const info = agentInfo(host, VERSION, job.labels);
  job.throwIfOver();
  job.log(notices.minting(name));
  job.remember({ pendingClientName: name });
  try {
    // Without the key file, no one could unregister the client.
    const { answer, minted } = await job.critical(async (grace) => {
      const answer = await platform.registerWithToken(token.jwt, name, info, deadline.withGrace(grace));
      const minted = readRegistered(answer, token, { apiProxy: route.apiProxy, now: startedAt });
      const { client, account, document } = minted;
      rollback.defer(() => rollBack(client, account, keyFile, job));
      const text = JSON.stringify({ ...document, agent_mrn: client });
      job.mask(fileSecrets(text));
      job.remember({ client, pendingClientName: undefined });
      keyFile.write(text);
      return { answer, minted };
    });
    job.throwIfOver();
    requireSameOwner(answer, minted, token);
    const { account, client: clientMrn } = minted;
    return { session: minted, found: { account, registration: { ...registration, clientMrn } } };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    // If the job is over, the platform may still answer: post names the client.
    job.throwIfOver();
    forget('pendingClientName', job.remember);
    return { found: { registration: { ...registration, error, failedAt: new Date() } } };
  }
}
