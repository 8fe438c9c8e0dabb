import type { CnspecResult } from '../cnspec/result.ts';
import { majorOf } from '../cnspec/version.ts';
import { CallError } from '../platform/call-error.ts';
import { isAuthenticated, isRegistered, type Result, targetOf, usableClient } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { plainText } from '../util/text.ts';
import { apiTime, NO_CLIENT, otherWarnings, skewWarning, timestamp } from './cnspec-words.ts';

/**
 * Writes the result in the lines of `cnspec status`, in its words and its order: whoever can read the one can
 * read the other. Lines that only cnspec can know are there where it told.
 */
export function statusLines(result: Result, verdict: Verdict): string[] {
  const { host, account, check, registration, cnspec } = result;
  const target = targetOf(result);
  const health = check?.health;
  const reachable = health !== undefined && !(health instanceof CallError);
  const warning = skewWarning(result, verdict);
  const lines = [
    health instanceof CallError && `x could not check upstream health error=${quoted(health)}`,
    `→ Platform: ${host.platform.name}`,
    `→ Version: ${host.platform.version}`,
    `→ Hostname: ${host.hostname}`,
    `→ IP: ${host.ip}`,
    `→ Time: ${timestamp(result.startedAt)}`,
    ...(cnspec ? cnspecLines(cnspec) : []),
    target && `→ API ConnectionConfig: ${target.apiEndpoint}`,
    check && `→ API Status: ${reachable ? health.status : ''}`,
    check && `→ API Time: ${apiTime(check) ?? ''}`,
    check && `→ API Version: ${(reachable && health.apiVersion) || ''}`,
    target && `→ Owner: ${target.ownerMrn}`,
    account && `→ Client: ${usableClient(result) ?? NO_CLIENT}`,
    account && `→ Service Account: ${account.mrn}`,
    // Nobody looked: a line in red would be read as a failure.
    verdict.status !== 'skipped' && (isRegistered(result) ? '→ client is registered' : 'x client is not registered'),
    result.exchangeError && `x could not exchange the ID token error=${quoted(result.exchangeError)}`,
    registration.error && `x could not register the client error=${quoted(registration.error)}`,
    isAuthenticated(result) && '→ client authenticated successfully',
    check?.ping instanceof CallError && `x could not connect to mondoo platform error=${quoted(check.ping)}`,
    ...otherWarnings(result, verdict).map((warning) => `! ${warning}`),
    warning !== undefined && `! ${warning}`,
  ];
  return lines.filter((line) => typeof line === 'string').map((line) => plainText(line, 1000));
}

/** The API that a cnspec speaks is named by the first number of its version. */
function cnspecLines({ version, latestVersion, answer, providers = [] }: CnspecResult): (string | false)[] {
  const latest = answer?.latestVersion ?? latestVersion;
  const { updatesUrl, providersUrl } = answer ?? {};
  return [
    version !== undefined && `→ Version: ${version} (API Version: ${majorOf(version) ?? ''})`,
    latest !== undefined && `→ Latest Version: ${latest}`,
    updatesUrl !== undefined && `→ Updates URL: ${updatesUrl}`,
    providersUrl !== undefined && `→ Providers URL: ${providersUrl}`,
    providers.length > 0 && `→ Installed Providers: ${providers.join(' | ')}`,
  ];
}

function quoted({ message }: CallError): string {
  return JSON.stringify(message);
}
