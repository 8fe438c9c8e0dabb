import { majorOf } from '../cnspec/version.ts';
import { CallError } from '../platform/call-error.ts';
import { isAuthenticated, isRegistered, type Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { plainText } from '../util/text.ts';
import { factsOf, NO_CLIENT, warningsOf } from './facts.ts';
import { titleOf } from './titles.ts';

/** The result in the lines of `cnspec status`, in its words and its order. */
export function statusLines(result: Result, verdict: Verdict): string[] {
  const { host, check, registration, cnspec, exchangeError } = result;
  const { time, owner, client, serviceAccount, api, latestVersion } = factsOf(result);
  const { updatesUrl, providersUrl } = cnspec?.answer ?? {};
  const version = cnspec?.version;
  const lines = [
    check?.health instanceof CallError && `x could not check upstream health error=${quoted(check.health)}`,
    `→ Platform: ${host.platform.name}`,
    `→ Version: ${host.platform.version}`,
    `→ Hostname: ${host.hostname}`,
    `→ IP: ${host.ip}`,
    `→ Time: ${time}`,
    // The API is named by the first number of cnspec's version.
    version !== undefined && `→ Version: ${version} (API Version: ${majorOf(version) ?? ''})`,
    latestVersion !== undefined && `→ Latest Version: ${latestVersion}`,
    updatesUrl !== undefined && `→ Updates URL: ${updatesUrl}`,
    providersUrl !== undefined && `→ Providers URL: ${providersUrl}`,
    cnspec?.providers?.length && `→ Installed Providers: ${cnspec.providers.join(' | ')}`,
    api.endpoint && `→ API ConnectionConfig: ${api.endpoint}`,
    check && `→ API Status: ${api.status ?? ''}`,
    check && `→ API Time: ${api.timestamp ?? ''}`,
    check && `→ API Version: ${api.version ?? ''}`,
    owner && `→ Owner: ${owner}`,
    client && `→ Client: ${client}`,
    serviceAccount && `→ Service Account: ${serviceAccount}`,
    // A skipped run did not look: an `x` would be read as a failure.
    verdict.status !== 'skipped' && registrationLine(result, client),
    exchangeError && `x could not exchange the ID token error=${quoted(exchangeError)}`,
    registration.error && `x could not register the client error=${quoted(registration.error)}`,
    isAuthenticated(result) && '→ client authenticated successfully',
    check?.ping instanceof CallError && `x could not connect to mondoo platform error=${quoted(check.ping)}`,
    ...warningsOf(result, verdict).map((warning) => `! ${warning}`),
  ];
  return lines.filter((line) => typeof line === 'string').map((line) => plainText(line, 1000));
}

/** The last line: whether the step passed, and why. */
export function verdictLine(result: Result, verdict: Verdict): string {
  const passed = verdict.findings.length === 0 || verdict.status === 'skipped' ? '→' : '!';
  return `${verdict.passed ? passed : 'x'} ${titleOf(result, verdict)}`;
}

function registrationLine(result: Result, client: string | undefined): string {
  if (!isRegistered(result)) return 'x client is not registered';
  const reason = client === NO_CLIENT ? ' (a service account is configured; cnspec counts that as registered)' : '';
  return `→ client is registered${reason}`;
}

function quoted({ message }: CallError): string {
  return JSON.stringify(message);
}
