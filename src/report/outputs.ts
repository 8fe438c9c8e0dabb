import type { Finding } from '../status/finding.ts';
import { isAuthenticated, isRegistered, type Result, usableClient } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { TITLES } from '../util/errors.ts';
import { spaceId } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { claimLines } from './annotation.ts';
import { factsOf, timestamp, warningsOf } from './facts.ts';

/** Every output that is known. */
export function outputs(result: Result, verdict: Verdict): Record<string, string> {
  const { owner, serviceAccount, certificate, api, skew, latestVersion } = factsOf(result);
  const all = {
    status: verdict.status,
    findings: verdict.findings.join(','),
    registered: String(isRegistered(result)),
    authenticated: String(isAuthenticated(result)),
    // cnspec ignores a path that does not exist, and falls back to another identity.
    'config-path': verdict.passed ? result.configPath : undefined,
    'client-mrn': usableClient(result),
    'service-account-mrn': serviceAccount,
    'owner-mrn': owner,
    'space-id': owner && spaceId(owner),
    'api-endpoint': api.endpoint,
    'credentials-expire': certificate && timestamp(certificate.to),
    'cnspec-version': result.cnspec?.version,
    'latest-version': latestVersion,
    'status-json': JSON.stringify(statusJson(result, verdict)),
    error: verdict.fatal[0] && errorText(verdict.fatal[0]),
    'api-status': api.status,
    'api-time': api.timestamp,
    'api-version': api.version,
    'clock-skew': skew,
    'clock-skew-seconds': skew && String((result.check?.skew ?? 0) / 1000),
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Replaces the outputs that don't hold if reporting failed. */
export function withdrawn(error: Finding): Record<string, string> {
  return {
    status: error.code,
    findings: error.code,
    registered: 'false',
    'config-path': '',
    'client-mrn': '',
    'status-json': '',
    error: errorText(error),
  };
}

/**
 * The outputs as variables for later jobs. GitLab refuses blank lines and comments, and keeps quotes as a part of the value.
 * Without the prefix, `MONDOO_API_ENDPOINT` and its like would configure cnspec in later jobs.
 */
export function dotenv(values: Record<string, string>): string {
  return Object.entries(values)
    .filter(([name, value]) => !/^(?:status-json|error|config-path)$/.test(name) && /^[\w./:@+,=-]+$/.test(value))
    .map(([name, value]) => `MONDOO_GATE_${name.replaceAll('-', '_').toUpperCase()}=${value}\n`)
    .join('');
}

function errorText(finding: Finding): string {
  return plainText(`${TITLES[finding.code]}. ${findingText(finding)}`, 2000);
}

/** Cause, fix and evidence of a finding. */
export function findingText({ message, remedy, evidence, claims }: Finding): string {
  const end = evidence ? ` Evidence: ${[...claimLines(claims), evidence].join('; ')}` : '';
  return `${message} Fix: ${remedy}${end}`;
}

/** The result in the shape of `cnspec status -o json`; what isn't known is undefined. */
export function statusJson(result: Result, verdict: Verdict) {
  const { time, owner, client, serviceAccount, api } = factsOf(result);
  const answer = result.cnspec?.answer;
  const warnings = warningsOf(result, verdict);
  return {
    client: {
      timestamp: time,
      ...result.host,
      parentMrn: owner,
      mrn: client,
      service_account: serviceAccount,
      registered: isRegistered(result) || undefined,
      // cnspec leaves it empty for every cause.
      pingPongError: result.check?.ping && !isAuthenticated(result) ? {} : undefined,
      version: answer?.version,
      latest_version: answer?.latestVersion,
      build: answer?.build,
      updatesUrl: answer?.updatesUrl,
      providersUrl: answer?.providersUrl,
    },
    upstream: { api, warnings: warnings.length > 0 ? warnings : undefined },
  };
}
