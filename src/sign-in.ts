import { requireIssuer } from './credentials/external-account.ts';
import type { Identity } from './credentials/identity.ts';
import { readExchanged } from './credentials/minted.ts';
import { credentialSecrets, proxySecrets, tokenSecrets } from './credentials/secrets.ts';
import { mintClient } from './mint-client.ts';
import { CallError } from './platform/call-error.ts';
import { proxyFor } from './platform/proxy.ts';
import { canSign } from './platform/status-check.ts';
import { timestamp } from './report/cnspec-words.ts';
import { notices } from './report/notices.ts';
import type { SignedIn, SignInContext } from './session.ts';
import type { Result } from './status/result.ts';

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
      return keyFile && check && canSign(check)
        ? mintClient(identity, { ...context, keyFile })
        : { found: {} };
  }
}

/** Exchanges an ID token of this run for a service account. */
async function exchangeIdToken(
  { account: external, idTokens }: Extract<Identity, { kind: 'workload identity' }>,
  { job, platform, deadline, startedAt }: SignInContext,
): Promise<SignedIn> {
  // The input api-proxy leads to Mondoo; the way to the CI is the runner's own.
  const proxy = proxyFor(idTokens.url.href, undefined, job.env);
  job.mask(proxySecrets(proxy));
  const found: Partial<Result> = {};
  try {
    const { jwt, claims } = await idTokens.request(external.ownerMrn, {
      proxy,
      deadline,
      onRetry: (retry) => job.log(notices.retry(retry)),
    });
    job.mask(tokenSecrets(jwt));
    found.idToken = claims;
    requireIssuer(external, claims);

    job.throwIfOver();
    const { issuerUri, ownerMrn: audience } = external;
    const minted = await platform.exchangeExternalToken({ issuerUri, audience, jwt });
    job.mask(credentialSecrets(minted.credential));
    const { account, credentials: document } = readExchanged(minted, external, startedAt);
    const expiresAt = account.certificate?.to;
    job.log(notices.exchanged(expiresAt === undefined ? '' : `, valid until ${timestamp(expiresAt)}`));
    return { session: { account, document }, found: { ...found, account } };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { found: { ...found, exchangeError: error } };
  }
}
