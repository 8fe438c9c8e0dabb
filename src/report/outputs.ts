import { CallError } from '../platform/call-error.ts';
import {
  isAuthenticated,
  isRegistered,
  ownCertificate,
  type Result,
  targetOf,
  usableClient,
} from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../util/duration.ts';
import type { ActionError } from '../util/errors.ts';
import { spaceId } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { apiTime, timestamp } from './cnspec-words.ts';
import { statusJson } from './status-json.ts';

/** The longest `error`: one line, not a page. */
const LONGEST_ERROR = 2000;

/** Names every output that is known. */
export function outputs(result: Result, verdict: Verdict): Record<string, string> {
  const { account, check, cnspec, configPath } = result;
  const target = targetOf(result);
  const certificate = ownCertificate(result);
  const known: Record<string, string | undefined> = {
    status: verdict.status,
    findings: verdict.findings.join(','),
    registered: String(isRegistered(result)),
    authenticated: String(isAuthenticated(result)),
    // cnspec ignores a path that is gone, and falls back to another identity.
    'config-path': verdict.passed ? configPath : undefined,
    'client-mrn': usableClient(result),
    'service-account-mrn': account?.mrn,
    'owner-mrn': target?.ownerMrn,
    'space-id': target && spaceId(target.ownerMrn),
    'api-endpoint': target?.apiEndpoint,
    'credentials-expire': certificate && timestamp(certificate.to),
    'cnspec-version': cnspec?.version,
    'latest-version': cnspec?.answer?.latestVersion ?? cnspec?.latestVersion,
    'status-json': JSON.stringify(statusJson(result, verdict)),
    error: verdict.fatal[0] && plainText(verdict.fatal[0].message, LONGEST_ERROR),
  };
  if (check && !(check.health instanceof CallError)) {
    known['api-status'] = check.health.status;
    known['api-time'] = apiTime(check);
    known['api-version'] = check.health.apiVersion;
  }
  if (check?.skew !== undefined) {
    known['clock-skew'] = formatDuration(check.skew);
    known['clock-skew-seconds'] = String(check.skew / 1000);
  }
  return Object.fromEntries(Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Names the outputs that do not hold any more where the outcome could not be told to its end. */
export function withdrawn({ code, message }: ActionError): Record<string, string> {
  return {
    status: code,
    findings: code,
    registered: 'false',
    'config-path': '',
    'client-mrn': '',
    'status-json': '',
    error: plainText(message, LONGEST_ERROR),
  };
}
