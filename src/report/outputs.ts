import { healthOf, isAuthenticated, isRegistered, type Result, targetOf, usableClient } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../util/duration.ts';
import type { ActionError } from '../util/errors.ts';
import { spaceId } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { apiTime } from './cnspec-words.ts';
import { statusJson } from './status-json.ts';

/** In characters. */
const MAX_ERROR = 2000;

/** Every output that is known. */
export function outputs(result: Result, verdict: Verdict): Record<string, string> {
  const { account, check, cnspec, configPath } = result;
  const target = targetOf(result);
  const health = healthOf(result);
  const skew = check?.skew;
  const all = {
    status: verdict.status,
    findings: verdict.findings.join(','),
    registered: String(isRegistered(result)),
    authenticated: String(isAuthenticated(result)),
    // cnspec ignores a path that does not exist, and falls back to another identity.
    'config-path': verdict.passed ? configPath : undefined,
    'client-mrn': usableClient(result),
    'service-account-mrn': account?.mrn,
    'owner-mrn': target?.ownerMrn,
    'space-id': target && spaceId(target.ownerMrn),
    'api-endpoint': target?.apiEndpoint,
    'cnspec-version': cnspec?.version,
    'latest-version': cnspec?.answer?.latestVersion ?? cnspec?.latestVersion,
    'status-json': JSON.stringify(statusJson(result, verdict)),
    error: verdict.fatal[0] && plainText(verdict.fatal[0].message, MAX_ERROR),
    'api-status': health?.status,
    'api-time': apiTime(result),
    'api-version': health?.apiVersion,
    'clock-skew': skew === undefined ? undefined : formatDuration(skew),
    'clock-skew-seconds': skew === undefined ? undefined : String(skew / 1000),
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Replaces the outputs that don't hold if reporting failed. */
export function withdrawn({ code, message }: ActionError): Record<string, string> {
  return {
    status: code,
    findings: code,
    registered: 'false',
    'config-path': '',
    'client-mrn': '',
    'status-json': '',
    error: plainText(message, MAX_ERROR),
  };
}
