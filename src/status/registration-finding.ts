import type { RegistrationToken } from '../credentials/registration-token.ts';
import type { CallError } from '../platform/call-error.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import {
  endpoint,
  type Finding,
  owner,
  permissionDenied,
  requestIdSuffix,
  unauthenticated,
  unreachable,
} from './finding.ts';
import type { Result } from './result.ts';

/** Says why no client was registered. */
export function registrationFinding(result: Result, error: CallError): Finding {
  const { identity } = result;
  const token = identity?.kind === 'registration token' ? identity.token : undefined;
  const isRefused = error.code === RpcCode.Unauthenticated || error.code === RpcCode.PermissionDenied;
  if (token !== undefined && isRefused) return tokenRefused(result, token, error);
  if (error.code === RpcCode.Unauthenticated) {
    return unauthenticated(
      result,
      error,
      'the same credentials were accepted a moment before, so they were revoked just now or may not register clients',
    );
  }
  if (error.code === RpcCode.PermissionDenied) return permissionDenied(result, error);

  const { name } = result.registration;
  const lost = error.mayHaveTakenEffect
    ? ` A client named "${name}" may exist all the same: look for it in the space's list in the Mondoo Console.`
    : '';
  if (saysNothingOfTheSpace(error)) {
    const outcome = lost ? 'it is not known whether a client was registered.' : 'no client was registered.';
    return unreachable(
      result,
      error,
      token ? `So ${outcome}${lost}` : `The credentials are good, but ${outcome}${lost}`,
    );
  }
  return {
    code: 'unregistered',
    message: `Mondoo Platform ${token ? 'was asked with a registration token' : 'accepts the credentials'} but did not register a client for ${owner(result)}: ${error.message}${requestIdSuffix(error)}.${lost}`,
    remedy:
      error.failure.kind === 'rpc'
        ? 'Look in the Mondoo Console whether the space still exists and whether it has reached a limit, and remove clients that are no longer used. Where the job only has to check the credentials, set register: false.'
        : isAnswerOfThePlatform(error)
          ? 'Run the job again; if it keeps failing, give the request id to Mondoo support.'
          : 'Look at what lies between this machine and the platform (proxy, firewall), and run the job again.',
  };
}

/** The platform judges a token by its own clock, which proves whether its age is the reason. */
function tokenRefused(result: Result, { expiresAt }: RegistrationToken, error: CallError): Finding {
  const { failedAt } = result.registration;
  const skew = result.check?.skew;
  const now = failedAt && skew !== undefined ? new Date(failedAt.getTime() + skew) : undefined;
  const isKnown = expiresAt !== undefined && now !== undefined;
  const hasExpired = isKnown && expiresAt <= now;
  const age = isKnown
    ? `it expires at ${expiresAt.toISOString()}, and by the clock of the platform it is ${now.toISOString()}, so ${hasExpired ? 'it has expired' : 'its age is not the reason'}`
    : 'whether it has expired by the clock of the platform could not be checked';
  const otherReason = `The token was revoked, or belongs to another region than ${endpoint(result)}. `;
  return {
    code: error.code === RpcCode.PermissionDenied ? 'permission-denied' : 'unauthenticated',
    message: `Mondoo Platform does not accept the registration token: it refuses to register by it with "${error.message}"${requestIdSuffix(error)}; ${age}.`,
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
