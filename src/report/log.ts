import { majorOf } from '../cnspec/version.ts';
import { CallError } from '../platform/call-error.ts';
import { isAuthenticated, isRegistered, type Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { NO_CLIENT } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { factsOf, warningsOf } from './facts.ts';

/** The result in the lines of `cnspec status`, in its words and its order. */
export function statusLines(result: Result, verdict: Verdict): string[] {
  const { host, check, registration, cnspec, exchangeError } = result;
  const { time, owner, client, serviceAccount, api, latestVersion } = factsOf(result);
  const { version, providers, answer: { updatesUrl, providersUrl } = {} } = cnspec ?? {};
  const why = client === NO_CLIENT ? ' (a service account is configured; cnspec counts that as registered)' : '';
  // cnspec prints its own major version as the API version.
  const apiVersion = `(API Version: ${majorOf(version ?? '') ?? ''})`;
  const quoted = ({ message }: CallError) => JSON.stringify(message);
  const lines = [
    check?.health instanceof CallError && `x could not check upstream health error=${quoted(check.health)}`,
    `→ Platform: ${host.platform.name}`,
    `→ Version: ${host.platform.version}`,
    `→ Hostname: ${host.hostname}`,
    `→ IP: ${host.ip}`,
    `→ Time: ${time}`,
    version !== undefined && `→ Version: ${version} ${apiVersion}`,
    latestVersion !== undefined && `→ Latest Version: ${latestVersion}`,
    updatesUrl !== undefined && `→ Updates URL: ${updatesUrl}`,
    providersUrl !== undefined && `→ Providers URL: ${providersUrl}`,
    providers?.length && `→ Installed Providers: ${providers.join(' | ')}`,
    api.endpoint && `→ API ConnectionConfig: ${api.endpoint}`,
    check && `→ API Status: ${api.status ?? ''}`,
    check && `→ API Time: ${api.timestamp ?? ''}`,
    check && `→ API Version: ${api.version ?? ''}`,
    owner && `→ Owner: ${owner}`,
    client && `→ Client: ${client}`,
    serviceAccount && `→ Service Account: ${serviceAccount}`,
    // A skipped run did not look: an `x` would be read as a failure.
    verdict.status !== 'skipped' &&
      (isRegistered(result) ? `→ client is registered${why}` : 'x client is not registered'),
    exchangeError && `x could not exchange the ID token error=${quoted(exchangeError)}`,
    registration.error && `x could not register the client error=${quoted(registration.error)}`,
    isAuthenticated(result) && '→ client authenticated successfully',
    check?.ping instanceof CallError && `x could not connect to mondoo platform error=${quoted(check.ping)}`,
    ...warningsOf(result, verdict).map((warning) => `! ${warning}`),
  ];
  return lines.filter((line) => typeof line === 'string').map((line) => plainText(line, 1000));
}
