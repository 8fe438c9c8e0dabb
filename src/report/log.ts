import { majorOf } from '../cnspec/version.ts';
import { CallError } from '../platform/call-error.ts';
import { type Facts, isAuthenticated, isRegistered, type RealCnspec, targetOf } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { plainText } from '../values/plain-text.ts';
import { apiTime, NO_CLIENT, otherWarnings, skewWarning, timestamp } from './cnspec-words.ts';

/**
 * Writes the facts in the lines of `cnspec status`, in its words and its order: whoever can read the one can
 * read the other. Lines that only cnspec can know are there where it told.
 */
export function statusLines(facts: Facts, verdict: Verdict): string[] {
  const { host, account, observation, registration, cnspec } = facts;
  const target = targetOf(facts);
  const health = observation?.health;
  const reachable = health !== undefined && !(health instanceof CallError);
  const warning = skewWarning(facts, verdict);
  const lines = [
    health instanceof CallError && `x could not check upstream health error=${quoted(health)}`,
    `→ Platform: ${host.platform.name}`,
    `→ Version: ${host.platform.version}`,
    `→ Hostname: ${host.hostname}`,
    `→ IP: ${host.ip}`,
    `→ Time: ${timestamp(facts.now)}`,
    ...(cnspec ? cnspecLines(cnspec) : []),
    target && `→ API ConnectionConfig: ${target.apiEndpoint}`,
    observation && `→ API Status: ${reachable ? health.status : ''}`,
    observation && `→ API Time: ${apiTime(observation) ?? ''}`,
    observation && `→ API Version: ${(reachable && health.apiVersion) || ''}`,
    target && `→ Owner: ${target.ownerMrn}`,
    account && `→ Client: ${registration.clientMrn ?? NO_CLIENT}`,
    account && `→ Service Account: ${account.mrn}`,
    // Nobody looked: a line in red would be read as a failure.
    verdict.status !== 'skipped' &&
      (isRegistered(facts) ? '→ client is registered' : 'x client is not registered'),
    facts.exchangeError && `x could not exchange the ID token error=${quoted(facts.exchangeError)}`,
    registration.error && `x could not register the client error=${quoted(registration.error)}`,
    isAuthenticated(facts) && '→ client authenticated successfully',
    observation?.ping instanceof CallError &&
      `x could not connect to mondoo platform error=${quoted(observation.ping)}`,
    ...otherWarnings(facts, verdict).map((warning) => `! ${warning}`),
    warning !== undefined && `! ${warning}`,
  ];
  return lines.filter((line) => typeof line === 'string').map((line) => plainText(line, 1000));
}

/** The API that a cnspec speaks is named by the first number of its version. */
function cnspecLines({ version, latestVersion, answer, providers = [] }: RealCnspec): (string | false)[] {
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
