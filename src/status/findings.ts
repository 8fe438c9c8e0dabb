import { certificateProblem } from '../credentials/service-account.ts';
import type { Finding } from '../errors.ts';
import { MAX_PROVABLE_SKEW, type Observation } from '../platform/observe.ts';
import { PlatformError } from '../platform/platform-error.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { formatDuration } from '../values/duration.ts';
import type { Facts } from './facts.ts';

/** One finding, told to the person who reads the run: what is wrong and how we know, and what to do. */
export interface Problem {
  code: Finding;
  message: string;
  remedy: string;
}

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
    problems.push(...clockProblems(observation, maxClockSkew));
  }
  if (registration.error) problems.push(registrationProblem(facts, registration.error));
  return problems.filter(({ code }, index) => problems.findIndex((other) => other.code === code) === index);
}

function healthProblems(facts: Facts, { health, ping }: Observation): Problem[] {
  if (health instanceof PlatformError) {
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
  if (ping === 'accepted') return [];
  if (ping.code === RpcCode.PermissionDenied) return [permissionDenied(facts, ping)];
  if (ping.code !== RpcCode.Unauthenticated) return [unreachable(facts, ping)];

  if (pingAtServerTime === undefined) {
    // Signed so far from the platform's time that no credentials would do: the clock comes first.
    if (skew !== undefined && Math.abs(skew) > MAX_PROVABLE_SKEW) return [];
    const clock =
      skew === undefined
        ? health instanceof PlatformError
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

function clockProblems(observation: Observation, maxClockSkew: number): Problem[] {
  const { health, skew, ping, pingAtServerTime } = observation;
  if (skew === undefined || health instanceof PlatformError) return [];
  const refusedForTheClock =
    pingAtServerTime === 'accepted' ||
    pingAtServerTime?.code === RpcCode.PermissionDenied ||
    (ping !== 'accepted' && ping.code === RpcCode.Unauthenticated && Math.abs(skew) > MAX_PROVABLE_SKEW);
  if (!refusedForTheClock && Math.abs(skew) <= maxClockSkew) return [];

  const direction = skew > 0 ? 'behind' : 'ahead of';
  const distance = formatDuration(Math.abs(skew));
  const times = `Mondoo Platform says it is ${iso(health.time as Date)}, this machine says ${iso(health.localTime)}`;
  const effect = effectOfSkew(observation, maxClockSkew);
  return [
    {
      code: 'clock-skew',
      message: `The clock of this machine is ${distance} ${direction} the platform's: ${times}; ${effect}.`,
      remedy:
        'Synchronize the clock of the machine (NTP): `sudo chronyc makestep` or `sudo systemctl restart systemd-timesyncd` on Linux, `sudo sntp -sS time.apple.com` on macOS, `w32tm /resync` on Windows. On a self-hosted runner look for a virtual machine that was paused or restored.',
    },
  ];
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
  if (ping.code === RpcCode.Unauthenticated && Math.abs(skew) > MAX_PROVABLE_SKEW) {
    return 'with such a difference the platform refuses every request, so the credentials cannot be judged';
  }
  return `that is more than the ${formatDuration(maxClockSkew)} that max-clock-skew allows`;
}

function registrationProblem(facts: Facts, error: PlatformError): Problem {
  if (error.code === RpcCode.Unauthenticated) {
    return unauthenticated(
      facts,
      error,
      'the same credentials were accepted a moment before, so they were revoked just now or may not register clients',
    );
  }
  if (error.code === RpcCode.PermissionDenied) return permissionDenied(facts, error);

  const { name } = facts.registration;
  const lost = error.mayHaveTakenEffect
    ? ` A client named "${name}" may exist all the same: look for it in the space's list in the Mondoo Console.`
    : '';
  if (saysNothingOfTheSpace(error)) {
    const outcome = lost ? 'it is not known whether a client was registered.' : 'no client was registered.';
    return unreachable(facts, error, `The credentials are good, but ${outcome}${lost}`);
  }
  return {
    code: 'unregistered',
    message: `Mondoo Platform accepts the credentials but did not register a client for ${owner(facts)}: ${error.message}${reference(error)}.${lost}`,
    remedy:
      error.failure.kind === 'rpc'
        ? 'Look in the Mondoo Console whether the space still exists and whether it has reached a limit, and remove clients that are no longer used. Where the job only has to check the credentials, set register: false.'
        : 'Look at what lies between this machine and the platform (proxy, firewall), and run the job again.',
  };
}

/** Whether a registration failed before anybody looked at it, rather than by refusal or with its answer lost. */
function saysNothingOfTheSpace(error: PlatformError): boolean {
  if (error.failure.kind === 'connection') return error.failure.phase === 'connect';
  const isLimit = error.code === RpcCode.ResourceExhausted && error.retryAfter === undefined;
  return error.isTransient && !isLimit;
}

function unreachable(
  facts: Facts,
  error: PlatformError,
  consequence = 'The credentials could not be checked.',
): Problem {
  const host = new URL(endpoint(facts)).host;
  const remedy = {
    connection: `Check that this machine can reach ${host}: name resolution, firewall, proxy. On a self-hosted runner try \`curl -sv ${endpoint(facts)}/Health/Check -d '{}' -H 'content-type: application/json'\`.`,
    answer: `Something between this machine and the platform answers in its place, or the endpoint is wrong: look at proxy and firewall, and whether ${endpoint(facts)} is the endpoint in your credentials.`,
    rpc: 'The platform has a problem of its own. Run the job again in a few minutes; if it keeps failing, give the request id to Mondoo support.',
  }[error.failure.kind];
  return {
    code: 'unreachable',
    message: `Mondoo Platform at ${endpoint(facts)} gave no usable answer to ${error.method}: ${error.message}${reference(error)}. ${consequence}`,
    remedy,
  };
}

function unauthenticated(facts: Facts, error: PlatformError, clock: string): Problem {
  const outdated = facts.account?.certificate && certificateProblem(facts.account.certificate, facts.now);
  const certificate = outdated ? ` The certificate of the credentials ${outdated}.` : '';
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform does not know these credentials: it refuses ${facts.account?.mrn} with "${error.message}"${reference(error)}; ${clock}.${certificate}`,
    remedy: `The service account was deleted or revoked, or belongs to another region than ${endpoint(facts)}. Generate new credentials in the Mondoo Console (Integrations, Add New Integration, Generate Long-Lived Credentials) and store the JSON as the secret.`,
  };
}

function permissionDenied(facts: Facts, error: PlatformError): Problem {
  return {
    code: 'permission-denied',
    message: `Mondoo Platform knows ${facts.account?.mrn} but its role does not allow this: "${error.message}"${reference(error)}. Key and clock are good, the role is wrong.`,
    remedy:
      'cnspec needs a service account with the role Agent. Generate credentials in the Mondoo Console (Integrations, Add New Integration, Generate Long-Lived Credentials), which have it, and store the JSON as the secret.',
  };
}

function endpoint({ account }: Facts): string {
  return account?.apiEndpoint ?? '';
}

function owner({ account }: Facts): string {
  return account?.ownerMrn ?? '';
}

/** By the request id the platform's support can find a request. */
function reference({ requestId }: PlatformError): string {
  return ` (request id ${requestId})`;
}

function iso(date: Date): string {
  return date.toISOString();
}
