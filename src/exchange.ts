import { info } from '@actions/core';
import { requireIssuer } from './credentials/external-account.ts';
import type { Identity } from './credentials/identity.ts';
import { type Exchanged, readExchanged } from './credentials/minted.ts';
import { credentialSecrets, proxySecrets, tokenSecrets } from './credentials/secrets.ts';
import { requireRunner } from './github/command-files.ts';
import { requestIdToken } from './github/id-token.ts';
import { mask } from './mask.ts';
import { CallError } from './platform/call-error.ts';
import type { PlatformClient } from './platform/client.ts';
import type { Deadline } from './platform/deadline.ts';
import { proxyFor } from './platform/proxy.ts';
import { timestamp } from './report/cnspec-words.ts';
import { tellRetry } from './report/notices.ts';
import type { Facts } from './status/facts.ts';

/**
 * Exchanges an ID token of this run for a service account.
 * @returns the account's credentials, or nothing where GitHub or the platform gave none; the facts then say why
 * @throws ActionError
 */
export async function exchange(
  { account, idTokens }: Extract<Identity, { kind: 'workload identity' }>,
  { platform, deadline, facts }: { platform: PlatformClient; deadline: Deadline; facts: Facts },
): Promise<Exchanged | undefined> {
  // The input api-proxy leads to Mondoo; the way to GitHub is the runner's own.
  const proxy = proxyFor(idTokens.url.href, undefined, process.env);
  mask(proxySecrets(proxy));
  try {
    const { jwt, claims } = await requestIdToken(idTokens, account.ownerMrn, {
      proxy,
      deadline,
      onRetry: tellRetry,
    });
    mask(tokenSecrets(jwt));
    facts.idToken = claims;
    requireIssuer(account, claims);

    requireRunner();
    const { issuerUri, ownerMrn: audience } = account;
    const minted = await platform.exchangeExternalToken({ issuerUri, audience, jwt });
    mask(credentialSecrets(minted.credential));
    const exchanged = readExchanged(minted, account, facts.now);
    const expiresAt = exchanged.account.certificate?.to;
    const validity = expiresAt === undefined ? '' : `, valid until ${timestamp(expiresAt)}`;
    info(`→ exchanged the ID token of this run for a service account${validity}`);
    return exchanged;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    facts.exchangeError = error;
    return undefined;
  }
}
