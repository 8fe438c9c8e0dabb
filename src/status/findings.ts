import { CallError } from '../platform/call-error.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { canSign, MAX_PROVABLE_SKEW, type StatusCheck } from '../platform/status-check.ts';
import { formatDuration } from '../util/duration.ts';
import { exchangeFinding } from './exchange-finding.ts';
import { endpoint, type Finding, permissionDenied, unauthenticated, unreachable } from './finding.ts';
import { registrationFinding } from './registration-finding.ts';
import type { Result } from './result.ts';

/**
 * Draws the findings from the result; each stands at most once, in no particular order.
 * @param maxClockSkew milliseconds
 */
export function findingsIn(result: Result, maxClockSkew: number): Finding[] {
  const findings: Finding[] = [];
  const { error, check, registration, identity } = result;
  if (error) {
    const isLeft = registration.wanted && registration.clientMrn && identity?.kind !== 'registration token';
    const lost = isLeft
      ? ` The client ${registration.clientMrn} was registered before that; it stays in the space's list.`
      : '';
    findings.push({ code: error.code, message: error.message + lost, remedy: error.remedy });
  }
  if (check) {
    findings.push(...healthFindings(result, check));
    findings.push(...pingFindings(result, check));
    findings.push(...clockFindings(result, check, maxClockSkew));
  }
  if (result.exchangeError) findings.push(exchangeFinding(result, result.exchangeError));
  if (registration.error) findings.push(registrationFinding(result, registration.error));
  if (result.cnspec?.failure) {
    const { code, message, remedy } = result.cnspec.failure;
    findings.push({ code, message, remedy });
  }
  return findings.filter(({ code }, index) => findings.findIndex((other) => other.code === code) === index);
}

function healthFindings(result: Result, { health, ping }: StatusCheck): Finding[] {
  if (health instanceof CallError) {
    return [
      ping === 'accepted'
        ? unreachable(result, health, 'The credentials are good, but health and clock could not be checked.')
        : unreachable(result, health),
    ];
  }
  if (health.status === 'SERVING') return [];
  return [
    {
      code: 'not-serving',
      message: `Mondoo Platform at ${endpoint(result)} answers, but says that it is not serving: its health check returns the status ${health.status}.`,
      remedy:
        'This is not caused by your workflow. Run the job again in a few minutes; if it keeps failing, ask Mondoo support.',
    },
  ];
}

function pingFindings(result: Result, { health, skew, ping, pingAtServerTime }: StatusCheck): Finding[] {
  if (ping === undefined || ping === 'accepted') return [];
  if (ping.code === RpcCode.PermissionDenied) return [permissionDenied(result, ping)];
  if (ping.code !== RpcCode.Unauthenticated) return [unreachable(result, ping)];

  if (pingAtServerTime === undefined) {
    // Signed so far from the platform's time that no credentials would do: the clock comes first.
    if (skew !== undefined && Math.abs(skew) > MAX_PROVABLE_SKEW) return [];
    const clock =
      skew === undefined
        ? health instanceof CallError
          ? 'whether the clock is the cause could not be checked, as the health check failed'
          : 'whether the clock is the cause could not be checked, as the platform did not tell its time'
        : `the clock is not the cause: it differs from the platform's by ${formatDuration(Math.abs(skew))}`;
    return [unauthenticated(result, ping, clock)];
  }
  if (pingAtServerTime === 'accepted') return [];
  switch (pingAtServerTime.code) {
    case RpcCode.Unauthenticated:
      return [
        unauthenticated(
          result,
          ping,
          "a request signed at the platform's own time is refused too, so the clock is not the cause",
        ),
      ];
    // The role is looked at only after signature and time are found good.
    case RpcCode.PermissionDenied:
      return [permissionDenied(result, pingAtServerTime)];
    default:
      return [unreachable(result, pingAtServerTime)];
  }
}

function clockFindings(result: Result, check: StatusCheck, maxClockSkew: number): Finding[] {
  const { health, skew, ping, pingAtServerTime } = check;
  if (skew === undefined || health instanceof CallError) return [];
  const mintsInVain = isMinting(result) && !canSign(check);
  const refusedForTheClock =
    pingAtServerTime === 'accepted' ||
    pingAtServerTime?.code === RpcCode.PermissionDenied ||
    (isRefused(ping) && Math.abs(skew) > MAX_PROVABLE_SKEW);
  if (!refusedForTheClock && !mintsInVain && Math.abs(skew) <= maxClockSkew) return [];

  const direction = skew > 0 ? 'behind' : 'ahead of';
  const distance = formatDuration(Math.abs(skew));
  const times = `Mondoo Platform says it is ${(health.time as Date).toISOString()}, this machine says ${health.localTime.toISOString()}`;
  const effect = mintsInVain
    ? "the platform would refuse every request that is signed at this machine's time, so a client that is registered now could be neither checked nor unregistered, and none was registered"
    : effectOfSkew(check, maxClockSkew);
  return [
    {
      code: 'clock-skew',
      message: `The clock of this machine is ${distance} ${direction} the platform's: ${times}; ${effect}.`,
      remedy:
        'Synchronize the clock of the machine (NTP): `sudo chronyc makestep` or `sudo systemctl restart systemd-timesyncd` on Linux, `sudo sntp -sS time.apple.com` on macOS, `w32tm /resync` on Windows. On a self-hosted runner look for a virtual machine that was paused or restored.',
    },
  ];
}

/** Whether a service account is still to be minted, by a registration token. */
function isMinting({ identity, account }: Result): boolean {
  return identity?.kind === 'registration token' && account === undefined;
}

function effectOfSkew({ skew = 0, ping, pingAtServerTime }: StatusCheck, maxClockSkew: number): string {
  if (pingAtServerTime === 'accepted') {
    return "the platform refuses requests signed at this machine's time and accepts the same credentials at its own time, so the credentials are good";
  }
  if (pingAtServerTime?.code === RpcCode.PermissionDenied) {
    return "the platform refuses requests signed at this machine's time whatever the role of the credentials";
  }
  if (ping === 'accepted') {
    return `the platform still accepts requests, but the difference is more than the ${formatDuration(maxClockSkew)} that max-clock-skew allows`;
  }
  if (isRefused(ping) && Math.abs(skew) > MAX_PROVABLE_SKEW) {
    return 'with such a difference the platform refuses every request, so the credentials cannot be judged';
  }
  return `that is more than the ${formatDuration(maxClockSkew)} that max-clock-skew allows`;
}

function isRefused(ping: StatusCheck['ping']): boolean {
  return ping instanceof CallError && ping.code === RpcCode.Unauthenticated;
}
