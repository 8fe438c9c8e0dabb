import { healthOf, isAuthenticated, isRegistered, type Result, targetOf } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { apiTime, clientOf, timestamp, warningsOf } from './cnspec-words.ts';

/** The result in the shape of `cnspec status -o json`; what isn't known is undefined. */
export function statusJson(result: Result, verdict: Verdict) {
  const target = targetOf(result);
  const health = healthOf(result);
  const answer = result.cnspec?.answer;
  const warnings = warningsOf(result, verdict);
  const pingFailed = result.check?.ping !== undefined && !isAuthenticated(result);
  return {
    client: {
      timestamp: timestamp(result.startedAt),
      ...result.host,
      parentMrn: target?.ownerMrn,
      mrn: clientOf(result),
      service_account: result.account?.mrn,
      registered: isRegistered(result) || undefined,
      // cnspec leaves it empty whatever the cause.
      pingPongError: pingFailed ? {} : undefined,
      version: answer?.version,
      latest_version: answer?.latestVersion,
      build: answer?.build,
      updatesUrl: answer?.updatesUrl,
      providersUrl: answer?.providersUrl,
    },
    upstream: {
      api: {
        endpoint: target?.apiEndpoint,
        status: health?.status,
        timestamp: apiTime(result),
        version: health?.apiVersion,
      },
      warnings: warnings.length > 0 ? warnings : undefined,
    },
  };
}
