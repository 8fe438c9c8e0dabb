import { majorOf } from '../cnspec/version.ts';
import { CallError } from '../platform/call-error.ts';
import { healthOf, isAuthenticated, isRegistered, type Result, targetOf } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { plainText } from '../util/text.ts';
import { apiTime, clientOf, timestamp, warningsOf } from './cnspec-words.ts';

/** The result in the lines of `cnspec status`, in its words and its order. */
export function statusLines(result: Result, verdict: Verdict): string[] {
  const { host, account, check, registration, cnspec, exchangeError } = result;
  const target = targetOf(result);
  const health = healthOf(result);
  const answer = cnspec?.answer;
  const version = cnspec?.version;
  const latest = answer?.latestVersion ?? cnspec?.latestVersion;
  const lines = [
    check?.health instanceof CallError && `x could not check upstream health error=${quoted(check.health)}`,
    `→ Platform: ${host.platform.name}`,
    `→ Version: ${host.platform.version}`,
    `→ Hostname: ${host.hostname}`,
    `→ IP: ${host.ip}`,
    `→ Time: ${timestamp(result.startedAt)}`,
    // The API is named by the first number of cnspec's version.
    version !== undefined && `→ Version: ${version} (API Version: ${majorOf(version) ?? ''})`,
    latest !== undefined && `→ Latest Version: ${latest}`,
    answer?.updatesUrl !== undefined && `→ Updates URL: ${answer.updatesUrl}`,
    answer?.providersUrl !== undefined && `→ Providers URL: ${answer.providersUrl}`,
    cnspec?.providers?.length && `→ Installed Providers: ${cnspec.providers.join(' | ')}`,
    target && `→ API ConnectionConfig: ${target.apiEndpoint}`,
    check && `→ API Status: ${health?.status ?? ''}`,
    check && `→ API Time: ${apiTime(result) ?? ''}`,
    check && `→ API Version: ${health?.apiVersion ?? ''}`,
    target && `→ Owner: ${target.ownerMrn}`,
    account && `→ Client: ${clientOf(result)}`,
    account && `→ Service Account: ${account.mrn}`,
    // A skipped run did not look: an `x` would be read as a failure.
    verdict.status !== 'skipped' && (isRegistered(result) ? '→ client is registered' : 'x client is not registered'),
    exchangeError && `x could not exchange the ID token error=${quoted(exchangeError)}`,
    registration.error && `x could not register the client error=${quoted(registration.error)}`,
    isAuthenticated(result) && '→ client authenticated successfully',
    check?.ping instanceof CallError && `x could not connect to mondoo platform error=${quoted(check.ping)}`,
    ...warningsOf(result, verdict).map((warning) => `! ${warning}`),
  ];
  return lines.filter((line) => typeof line === 'string').map((line) => plainText(line, 1000));
}

function quoted({ message }: CallError): string {
  return JSON.stringify(message);
}
