import type { RegistrationToken } from '../credentials/registration-token.ts';
import type { CallError } from '../platform/call-error.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import type { Facts } from './facts.ts';
import {
  endpoint,
  owner,
  type Problem,
  permissionDenied,
  reference,
  unauthenticated,
  unreachable,
} from './problem.ts';

/** Says why no client was registered. */
export function registrationProblem(facts: Facts, error: CallError): Problem {
  const { identity } = facts;
  const token = identity?.kind === 'registration token' ? identity.token : undefined;
  const isRefused = error.code === RpcCode.Unauthenticated || error.code === RpcCode.PermissionDenied;
  if (token !== undefined && isRefused) return tokenRefused(facts, token, error);
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
    return unreachable(
      facts,
      error,
      token ? `So ${outcome}${lost}` : `The credentials are good, but ${outcome}${lost}`,
    );
  }
  return {
    code: 'unregistered',
    message: `Mondoo Platform ${token ? 'was asked with a registration token' : 'accepts the credentials'} but did not register a client for ${owner(facts)}: ${error.message}${reference(error)}.${lost}`,
    remedy:
      error.failure.kind === 'rpc'
        ? 'Look in the Mondoo Console whether the space still exists and whether it has reached a limit, and remove clients that are no longer used. Where the job only has to check the credentials, set register: false.'
        : isAnswerOfThePlatform(error)
          ? 'Run the job again; if it keeps failing, give the request id to Mondoo support.'
          : 'Look at what lies between this machine and the platform (proxy, firewall), and run the job again.',
  };
}

/** The platform judges a token by its own clock, which proves whether its age is the reason. */
function tokenRefused(facts: Facts, { expiresAt }: RegistrationToken, error: CallError): Problem {
  const { failedAt } = facts.registration;
  const skew = facts.observation?.skew;
  const now = failedAt && skew !== undefined ? new Date(failedAt.getTime() + skew) : undefined;
  const isKnown = expiresAt !== undefined && now !== undefined;
  const hasExpired = isKnown && expiresAt <= now;
  const age = isKnown
    ? `it expires at ${expiresAt.toISOString()}, and by the clock of the platform it is ${now.toISOString()}, so ${hasExpired ? 'it has expired' : 'its age is not the reason'}`
    : 'whether it has expired by the clock of the platform could not be checked';
  const otherReason = `The token was revoked, or belongs to another region than ${endpoint(facts)}. `;
  return {
    code: error.code === RpcCode.PermissionDenied ? 'permission-denied' : 'unauthenticated',
    message: `Mondoo Platform does not accept the registration token: it refuses to register by it with "${error.message}"${reference(error)}; ${age}.`,
    remedy: `${hasExpired ? '' : otherReason}Generate a new one in the Mondoo Console; for a workflow that runs again and again use credentials or a workload identity.`,
  };
}

/** Whether it was the platform that answered, although not as it should. */
function isAnswerOfThePlatform({ failure }: CallError): boolean {
  return failure.kind === 'answer' && failure.httpStatus < 300;
}

/** Whether a registration failed before anybody looked at it, rather than by refusal or with its answer lost. */
function saysNothingOfTheSpace(error: CallError): boolean {
  if (error.failure.kind === 'connection') return error.failure.phase === 'connect';
  const isLimit = error.code === RpcCode.ResourceExhausted && error.retryAfter === undefined;
  return error.isTransient && !isLimit;
}
