import { isAuthenticated, isRegistered, type Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { factsOf, warningsOf } from './facts.ts';

/** The result in the shape of `cnspec status -o json`; what isn't known is undefined. */
export function statusJson(result: Result, verdict: Verdict) {
  const { time, owner, client, serviceAccount, api } = factsOf(result);
  const answer = result.cnspec?.answer;
  const warnings = warningsOf(result, verdict);
  const pingFailed = result.check?.ping !== undefined && !isAuthenticated(result);
  return {
    client: {
      timestamp: time,
      ...result.host,
      parentMrn: owner,
      mrn: client,
      service_account: serviceAccount,
      registered: isRegistered(result) || undefined,
      // cnspec leaves it empty whatever the cause.
      pingPongError: pingFailed ? {} : undefined,
      version: answer?.version,
      latest_version: answer?.latestVersion,
      build: answer?.build,
      updatesUrl: answer?.updatesUrl,
      providersUrl: answer?.providersUrl,
    },
    upstream: { api, warnings: warnings.length > 0 ? warnings : undefined },
  };
}
