import { CallError, RpcCode } from '../platform/call-error.ts';
import { canSign, MAX_PROVABLE_SKEW, type StatusCheck } from '../platform/status-check.ts';
import { describeSkew, formatDuration } from '../util/duration.ts';
import { ActionError } from '../util/errors.ts';
import { type Finding, isOwn, permissionDenied, unauthenticated, unreachable } from './finding.ts';
import { exchangeFinding, registrationFinding } from './refusals.ts';
import { type Result, targetOf } from './result.ts';

/**
 * Lists the findings in no particular order, each code at most once.
 * @param maxClockSkew milliseconds
 */
export function findingsIn(result: Result, maxClockSkew: number): Finding[] {
  const { check, exchangeError, registration, cnspec } = result;
  const findings = [
    errorFinding(result),
    check && healthFinding(result, check),
    check && pingFinding(result, check),
    check && clockFinding(result, check, maxClockSkew),
    exchangeError && exchangeFinding(result, exchangeError),
    registration.error && registrationFinding(result, registration.error),
    cnspec?.failure,
  ].filter((finding) => finding !== undefined);
  return findings.filter(({ code }, index) => findings.findIndex((other) => other.code === code) === index);
}

function errorFinding({ error, registration, identity }: Result): Finding | undefined {
  const remains = registration.wanted && registration.clientMrn && identity?.kind !== 'registration token';
  if (!error || !remains) return error;
  const client = `The step had already registered the client \`${registration.clientMrn}\`. It remains in the space's list of clients.`;
  return new ActionError(error.code, `${error.message} ${client}`, error.remedy, error.evidence);
}

function healthFinding(result: Result, { health, ping }: StatusCheck): Finding | undefined {
  if (health instanceof CallError) {
    const works = ping === 'accepted' ? 'The credentials work, but health and clock could not be checked.' : undefined;
    return unreachable(result, health, works);
  }
  if (health.status === 'SERVING') return undefined;
  return {
    code: 'not-serving',
    message: `The health check of \`${targetOf(result)?.apiEndpoint}\` returns the status \`${health.status}\`. Your job is not the cause.`,
    remedy: 'Run the job again in a few minutes. If it keeps failing, contact Mondoo support.',
  };
}

const CHECK_REGION =
  'Look for the account in the Mondoo Console (Settings → Service Accounts). If it exists, correct the input `api-endpoint`, or the endpoint in the credentials. Otherwise, replace it. ';

function pingFinding(result: Result, { skew, ping, pingAtServerTime }: StatusCheck): Finding | undefined {
  if (ping === undefined || ping === 'accepted' || pingAtServerTime === 'accepted') return undefined;
  // The platform looks at the role only if signature and time are good.
  const last = pingAtServerTime ?? ping;
  if (last.code === RpcCode.PermissionDenied) return permissionDenied(result, last);
  if (last.code !== RpcCode.Unauthenticated) return unreachable(result, last);

  let clock = 'The clock may be the cause: it could not be checked.';
  if (pingAtServerTime) {
    clock = "The clock is not the cause: a request signed with the platform's time was rejected too.";
  } else if (skew !== undefined) {
    // With such a skew any credentials are refused: the clock finding says so.
    if (Math.abs(skew) > MAX_PROVABLE_SKEW) return undefined;
    clock = `The clock is not the cause: it is ${describeSkew(skew)}.`;
  }
  const minted = 'Mondoo Platform rejected the service account that it created a moment before.';
  if (!isOwn(result)) return unauthenticated(result, ping, `${minted} ${clock}`);
  const cause = `The service account was deleted or revoked, or isn't for the region of \`${targetOf(result)?.apiEndpoint}\`.`;
  return unauthenticated(result, ping, `${cause} ${clock}`, CHECK_REGION);
}

function clockFinding(result: Result, check: StatusCheck, maxClockSkew: number): Finding | undefined {
  const { health, skew } = check;
  if (skew === undefined || health instanceof CallError) return undefined;
  const effect = effectOfSkew(result, check, maxClockSkew);
  if (effect === undefined) return undefined;
  return {
    code: 'clock-skew',
    message: `The runner's clock is ${describeSkew(skew, 0)}. ${effect}`,
    remedy:
      'Synchronize the clock with NTP: `sudo chronyc makestep` or `sudo systemctl restart systemd-timesyncd` on Linux, `sudo sntp -sS time.apple.com` on macOS, `w32tm /resync` on Windows. On a self-hosted runner, look for a virtual machine that was paused or restored.',
    evidence: `Platform time ${health.time?.toISOString()}, runner time ${health.localTime.toISOString()}`,
  };
}

/** Says what is wrong with a skew; undefined if nothing is. */
function effectOfSkew({ identity, account }: Result, check: StatusCheck, maxClockSkew: number): string | undefined {
  const { skew = 0, ping, pingAtServerTime } = check;
  const rejects = "Mondoo Platform rejects requests signed with the runner's time";
  if (identity?.kind === 'registration token' && account === undefined && !canSign(check)) {
    return `${rejects}. No client was registered, because the step could neither check nor unregister it.`;
  }
  if (pingAtServerTime === 'accepted') {
    return `${rejects}. It accepts the same credentials with its own time, so they work.`;
  }
  if (pingAtServerTime?.code === RpcCode.PermissionDenied) return `${rejects}.`;
  if (ping !== 'accepted' && ping?.code === RpcCode.Unauthenticated && Math.abs(skew) > MAX_PROVABLE_SKEW) {
    return 'With this skew, Mondoo Platform rejects every request, so the credentials could not be checked.';
  }
  if (Math.abs(skew) <= maxClockSkew) return undefined;
  const limit = `\`max-clock-skew\` allows only \`${formatDuration(maxClockSkew)}\`.`;
  return ping === 'accepted' ? `Mondoo Platform still accepts requests, but ${limit}` : limit;
}
