import type { ActionError } from '../errors.ts';
import { CallError } from '../platform/call-error.ts';
import { type Facts, isAuthenticated, isRegistered, targetOf } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../values/duration.ts';
import { spaceId } from '../values/mrn.ts';
import { plainText } from '../values/plain-text.ts';
import { apiTime } from './cnspec-words.ts';
import { statusJson } from './status-json.ts';

/** The longest `error`: one line, not a page. */
const LONGEST_ERROR = 2000;

/**
 * Names every output that is known, by name.
 * @param configPath only where the gate passed: no later step may run cnspec on a path that is gone, because
 * cnspec ignores that without a word and falls back to another identity
 */
export function outputs(
  facts: Facts,
  verdict: Verdict,
  configPath: string | undefined,
): Record<string, string> {
  const { account, observation, registration, cnspec } = facts;
  const target = targetOf(facts);
  const known: Record<string, string | undefined> = {
    status: verdict.status,
    findings: verdict.findings.join(','),
    registered: String(isRegistered(facts)),
    authenticated: String(isAuthenticated(facts)),
    'config-path': configPath,
    'client-mrn': registration.clientMrn,
    'service-account-mrn': account?.mrn,
    'owner-mrn': target?.ownerMrn,
    'space-id': target && spaceId(target.ownerMrn),
    'api-endpoint': target?.apiEndpoint,
    'cnspec-version': cnspec?.version,
    'latest-version': cnspec?.answer?.latestVersion ?? cnspec?.latestVersion,
    'status-json': JSON.stringify(statusJson(facts, verdict)),
    error: verdict.fatal[0] && plainText(verdict.fatal[0].message, LONGEST_ERROR),
  };
  if (observation && !(observation.health instanceof CallError)) {
    known['api-status'] = observation.health.status;
    known['api-time'] = apiTime(observation);
    known['api-version'] = observation.health.apiVersion;
  }
  if (observation?.skew !== undefined) {
    known['clock-skew'] = formatDuration(observation.skew);
    known['clock-skew-seconds'] = String(observation.skew / 1000);
  }
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
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
