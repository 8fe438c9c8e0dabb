import { isAuthenticated, isRegistered, type Result, usableClient } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import type { ActionError } from '../util/errors.ts';
import { spaceId } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { factsOf, timestamp } from './facts.ts';
import { statusJson } from './status-json.ts';

/** Every output that is known. */
export function outputs(result: Result, verdict: Verdict): Record<string, string> {
  const { owner, serviceAccount, certificate, api, skew, latestVersion } = factsOf(result);
  const [gravest] = verdict.fatal;
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
    error: gravest && errorText(gravest),
    'api-status': api.status,
    'api-time': api.timestamp,
    'api-version': api.version,
    'clock-skew': skew,
    'clock-skew-seconds': skew && String((result.check?.skew ?? 0) / 1000),
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Replaces the outputs that don't hold if reporting failed. */
export function withdrawn(error: ActionError): Record<string, string> {
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

function errorText({ message }: { message: string }): string {
  return plainText(message, 2000);
}
