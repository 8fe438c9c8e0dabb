import { CallError } from '../platform/call-error.ts';
import { canSign, MAX_PROVABLE_SKEW, type Observation } from '../platform/observe.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { formatDuration } from '../values/duration.ts';
import { exchangeProblem } from './exchange-problem.ts';
import type { Facts } from './facts.ts';
import { endpoint, type Problem, permissionDenied, unauthenticated, unreachable } from './problem.ts';
import { registrationProblem } from './registration-problem.ts';

/**
 * Draws the findings from the facts; each stands at most once, in no particular order.
 * @param maxClockSkew milliseconds
 */
export function findProblems(facts: Facts, maxClockSkew: number): Problem[] {
  const problems: Problem[] = [];
  const { failure, observation, registration } = facts;
  if (failure) {
    const lost =
      registration.wanted && registration.clientMrn !== undefined
        ? ` The client ${registration.clientMrn} was registered before that; it stays in the space's list.`
        : '';
    problems.push({ code: failure.code, message: failure.message + lost, remedy: failure.remedy });
  }
  if (observation) {
    problems.push(...healthProblems(facts, observation));
    problems.push(...pingProblems(facts, observation));
    problems.push(...clockProblems(facts, observation, maxClockSkew));
  }
  if (facts.exchangeError) problems.push(exchangeProblem(facts, facts.exchangeError));
  if (registration.error) problems.push(registrationProblem(facts, registration.error));
  if (facts.cnspec?.failure) {
    const { code, message, remedy } = facts.cnspec.failure;
    problems.push({ code, message, remedy });
  }
  return problems.filter(({ code }, index) => problems.findIndex((other) => other.code === code) === index);
}

function healthProblems(facts: Facts, { health, ping }: Observation): Problem[] {
  if (health instanceof CallError) {
    return [
      ping === 'accepted'
        ? unreachable(facts, health, 'The credentials are good, but health and clock could not be checked.')
        : unreachable(facts, health),
    ];
  }
  if (health.status === 'SERVING') return [];
  return [
    {
      code: 'not-serving',
      message: `Mondoo Platform at ${endpoint(facts)} answers, but says that it is not serving: its health check returns the status ${health.status}.`,
      remedy:
        'This is not caused by your workflow. Run the job again in a few minutes; if it keeps failing, ask Mondoo support.',
    },
  ];
}

function pingProblems(facts: Facts, { health, skew, ping, pingAtServerTime }: Observation): Problem[] {
  if (ping === undefined || ping === 'accepted') return [];
  if (ping.code === RpcCode.PermissionDenied) return [permissionDenied(facts, ping)];
  if (ping.code !== RpcCode.Unauthenticated) return [unreachable(facts, ping)];

  if (pingAtServerTime === undefined) {
    // Signed so far from the platform's time that no credentials would do: the clock comes first.
    if (skew !== undefined && Math.abs(skew) > MAX_PROVABLE_SKEW) return [];
    const clock =
      skew === undefined
        ? health instanceof CallError
          ? 'whether the clock is the cause could not be checked, as the health check failed'
          : 'whether the clock is the cause could not be checked, as the platform did not tell its time'
        : `the clock is not the cause: it differs from the platform's by ${formatDuration(Math.abs(skew))}`;
    return [unauthenticated(facts, ping, clock)];
  }
  if (pingAtServerTime === 'accepted') return [];
  switch (pingAtServerTime.code) {
    case RpcCode.Unauthenticated:
      return [
        unauthenticated(
          facts,
          ping,
          "a request signed at the platform's own time is refused too, so the clock is not the cause",
        ),
      ];
    // The role is looked at only after signature and time are found good.
    case RpcCode.PermissionDenied:
      return [permissionDenied(facts, pingAtServerTime)];
    default:
      return [unreachable(facts, pingAtServerTime)];
  }
}

function clockProblems(facts: Facts, observation: Observation, maxClockSkew: number): Problem[] {
  const { health, skew, ping, pingAtServerTime } = observation;
  if (skew === undefined || health instanceof CallError) return [];
  const mintsInVain = isMinting(facts) && !canSign(observation);
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
    : effectOfSkew(observation, maxClockSkew);
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
function isMinting({ identity, account }: Facts): boolean {
  return identity?.kind === 'registration token' && account === undefined;
}

function effectOfSkew({ skew = 0, ping, pingAtServerTime }: Observation, maxClockSkew: number): string {
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

function isRefused(ping: Observation['ping']): boolean {
  return ping instanceof CallError && ping.code === RpcCode.Unauthenticated;
}
