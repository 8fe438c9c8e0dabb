import { CallError } from '../platform/call-error.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { canSign, MAX_PROVABLE_SKEW, type StatusCheck } from '../platform/status-check.ts';
import { formatDuration } from '../util/duration.ts';
import { type Finding, permissionDenied, unauthenticated, unreachable } from './finding.ts';
import { exchangeFinding, registrationFinding } from './refusals.ts';
import { type Result, targetOf } from './result.ts';

/**
 * Lists the findings in no particular order, each code at most once.
 * @param maxClockSkew milliseconds
 */
export function findingsIn(result: Result, maxClockSkew: number): Finding[] {
  const { check, exchangeError, registration, cnspec } = result;
  const findings = [
    earlyEnd(result),
    check && healthFinding(result, check),
    check && pingFinding(result, check),
    check && clockFinding(result, check, maxClockSkew),
    exchangeError && exchangeFinding(result, exchangeError),
    registration.error && registrationFinding(result, registration.error),
    cnspec?.failure,
  ].filter((finding) => finding !== undefined);
  return findings.filter(({ code }, index) => findings.findIndex((other) => other.code === code) === index);
}

function earlyEnd({ error, registration, identity }: Result): Finding | undefined {
  const isLeft = registration.wanted && registration.clientMrn && identity?.kind !== 'registration token';
  if (!error || !isLeft) return error;
  const { code, message, remedy } = error;
  const lost = `The client ${registration.clientMrn} was registered before that; it stays in the space's list.`;
  return { code, message: `${message} ${lost}`, remedy };
}

function healthFinding(result: Result, { health, ping }: StatusCheck): Finding | undefined {
  if (health instanceof CallError) {
    const isGood = ping === 'accepted';
    const consequence = isGood ? 'The credentials are good, but health and clock could not be checked.' : undefined;
    return unreachable(result, health, consequence);
  }
  if (health.status === 'SERVING') return undefined;
  return {
    code: 'not-serving',
    message: `Mondoo Platform at ${targetOf(result)?.apiEndpoint} answers, but says that it is not serving: its health check returns the status ${health.status}.`,
    remedy:
      'This is not caused by your workflow. Run the job again in a few minutes; if it keeps failing, ask Mondoo support.',
  };
}

function pingFinding(result: Result, { health, skew, ping, pingAtServerTime }: StatusCheck): Finding | undefined {
  if (ping === undefined || ping === 'accepted' || pingAtServerTime === 'accepted') return undefined;
  // The platform looks at the role only if signature and time are good.
  const last = pingAtServerTime ?? ping;
  if (last.code === RpcCode.PermissionDenied) return permissionDenied(result, last);
  if (last.code !== RpcCode.Unauthenticated) return unreachable(result, last);

  let clock: string;
  if (pingAtServerTime) {
    clock = "a request signed at the platform's own time is refused too, so the clock is not the cause";
  } else if (skew === undefined) {
    const reason = health instanceof CallError ? 'the health check failed' : 'the platform did not tell its time';
    clock = `whether the clock is the cause could not be checked, as ${reason}`;
  } else {
    // With such a skew any credentials are refused: the clock finding says so.
    if (Math.abs(skew) > MAX_PROVABLE_SKEW) return undefined;
    clock = `the clock is not the cause: it differs from the platform's by ${formatDuration(Math.abs(skew))}`;
  }
  return unauthenticated(result, ping, clock);
}

function clockFinding(result: Result, check: StatusCheck, maxClockSkew: number): Finding | undefined {
  const { health, skew } = check;
  if (skew === undefined || health instanceof CallError) return undefined;
  const effect = effectOfSkew(skew, result, check, maxClockSkew);
  if (effect === undefined) return undefined;
  const difference = `${formatDuration(Math.abs(skew))} ${skew > 0 ? 'behind' : 'ahead of'} the platform's`;
  return {
    code: 'clock-skew',
    message: `The clock of this machine is ${difference}: Mondoo Platform says it is ${health.time?.toISOString()}, this machine says ${health.localTime.toISOString()}; ${effect}.`,
    remedy:
      'Synchronize the clock of the machine (NTP): `sudo chronyc makestep` or `sudo systemctl restart systemd-timesyncd` on Linux, `sudo sntp -sS time.apple.com` on macOS, `w32tm /resync` on Windows. On a self-hosted runner look for a virtual machine that was paused or restored.',
  };
}

/** Says what is wrong with a skew; undefined if nothing is. */
function effectOfSkew(
  skew: number,
  { identity, account }: Result,
  check: StatusCheck,
  maxClockSkew: number,
): string | undefined {
  const { ping, pingAtServerTime } = check;
  if (identity?.kind === 'registration token' && account === undefined && !canSign(check)) {
    return "the platform would refuse every request that is signed at this machine's time, so a client that is registered now could be neither checked nor unregistered, and none was registered";
  }
  if (pingAtServerTime === 'accepted') {
    return "the platform refuses requests signed at this machine's time and accepts the same credentials at its own time, so the credentials are good";
  }
  if (pingAtServerTime?.code === RpcCode.PermissionDenied) {
    return "the platform refuses requests signed at this machine's time whatever the role of the credentials";
  }
  if (ping !== 'accepted' && ping?.code === RpcCode.Unauthenticated && Math.abs(skew) > MAX_PROVABLE_SKEW) {
    return 'with such a difference the platform refuses every request, so the credentials cannot be judged';
  }
  if (Math.abs(skew) <= maxClockSkew) return undefined;
  const limit = `more than the ${formatDuration(maxClockSkew)} that max-clock-skew allows`;
  return ping === 'accepted'
    ? `the platform still accepts requests, but the difference is ${limit}`
    : `that is ${limit}`;
}
