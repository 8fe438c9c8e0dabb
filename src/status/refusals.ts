import type { RegistrationToken } from '../credentials/registration-token.ts';
import type { CallError } from '../platform/call-error.ts';
import { EXCHANGE } from '../platform/client.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { plainText } from '../util/text.ts';
import { type Finding, permissionDenied, quoted, unauthenticated, unreachable } from './finding.ts';
import { type Result, targetOf } from './result.ts';

/** The codes by which the platform refuses a token. */
const DISTRUST: number[] = [RpcCode.InvalidArgument, RpcCode.PermissionDenied, RpcCode.Unauthenticated];

/** Says why a workload identity got no service account. */
export function exchangeFinding(result: Result, error: CallError): Finding {
  if (error.method !== EXCHANGE) {
    return {
      code: 'unreachable',
      message: `GitHub gave no ID token for this run: ${error.message}. It could not be exchanged for a service account, and Mondoo Platform was not asked for one.`,
      remedy:
        'Run the job again in a few minutes, and look at https://www.githubstatus.com. On a self-hosted runner check that the machine can reach GitHub: name resolution, firewall, and the proxy in HTTPS_PROXY.',
    };
  }
  if (error.code === undefined || error.isTransient) {
    return unreachable(result, error, 'The ID token of this run could not be exchanged for a service account.');
  }
  if (!DISTRUST.includes(error.code)) {
    return {
      code: 'unauthenticated',
      message: `Mondoo Platform at ${targetOf(result)?.apiEndpoint} did not exchange the ID token of this run for a service account: ${quoted(error)}. It does not say that the token is the reason.`,
      remedy: `Look in the Mondoo Console whether ${targetOf(result)?.ownerMrn} still exists and has a workload identity, and whether ${targetOf(result)?.apiEndpoint} is its region. If it keeps failing, give the request id to Mondoo support.`,
    };
  }
  // Only the signature of an ID token is secret.
  const { issuer = '', subject = '', repository = '', ref = '' } = result.idToken ?? {};
  const claims = { issuer, audience: targetOf(result)?.ownerMrn, repository, branch: ref, subject };
  const list = Object.entries(claims).map(([name, value]) => plainText(`${name} ${value}`, 320));
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform at ${targetOf(result)?.apiEndpoint} does not trust the ID token of this run: it refuses to exchange it with ${quoted(error)}. The token says: ${list.join(', ')}.`,
    remedy:
      'Compare issuer, audience, repository and branch with what the workload identity in the Mondoo Console expects; every one of them has to match.',
  };
}

/** Says why no client was registered. */
export function registrationFinding(result: Result, error: CallError): Finding {
  const { identity, registration } = result;
  const token = identity?.kind === 'registration token' ? identity.token : undefined;
  const isDenied = error.code === RpcCode.PermissionDenied;
  if (isDenied || error.code === RpcCode.Unauthenticated) {
    if (token) return tokenRefused(result, token, error);
    if (isDenied) return permissionDenied(result, error);
    const reason =
      'the same credentials were accepted a moment before, so they were revoked just now or may not register clients';
    return unauthenticated(result, error, reason);
  }

  const lost = error.mayHaveTakenEffect
    ? ` A client named "${registration.name}" may exist all the same: look for it in the space's list in the Mondoo Console.`
    : '';
  if (wasNotLookedAt(error)) {
    const outcome = lost ? 'it is not known whether a client was registered.' : 'no client was registered.';
    const start = token ? 'So' : 'The credentials are good, but';
    return unreachable(result, error, `${start} ${outcome}${lost}`);
  }
  return {
    code: 'unregistered',
    message: `Mondoo Platform ${token ? 'was asked with a registration token' : 'accepts the credentials'} but did not register a client for ${targetOf(result)?.ownerMrn}: ${error.message} (request id ${error.requestId}).${lost}`,
    remedy: remedyFor(error),
  };
}

/** The platform judges a token by its own clock, which proves whether its age is the reason. */
function tokenRefused(result: Result, { expiresAt }: RegistrationToken, error: CallError): Finding {
  const { failedAt } = result.registration;
  const skew = result.check?.skew;
  const now = failedAt && skew !== undefined ? new Date(failedAt.getTime() + skew) : undefined;
  let hasExpired = false;
  let age = 'whether it has expired by the clock of the platform could not be checked';
  if (expiresAt && now) {
    hasExpired = expiresAt <= now;
    const conclusion = hasExpired ? 'it has expired' : 'its age is not the reason';
    age = `it expires at ${expiresAt.toISOString()}, and by the clock of the platform it is ${now.toISOString()}, so ${conclusion}`;
  }
  const otherReason = `The token was revoked, or belongs to another region than ${targetOf(result)?.apiEndpoint}. `;
  return {
    code: error.code === RpcCode.PermissionDenied ? 'permission-denied' : 'unauthenticated',
    message: `Mondoo Platform does not accept the registration token: it refuses to register by it with ${quoted(error)}; ${age}.`,
    remedy: `${hasExpired ? '' : otherReason}Generate a new one in the Mondoo Console; for a workflow that runs again and again use credentials or a workload identity.`,
  };
}

function remedyFor({ failure }: CallError): string {
  if (failure.kind === 'rpc') {
    return 'Look in the Mondoo Console whether the space still exists and whether it has reached a limit, and remove clients that are no longer used. Where the job only has to check the credentials, set register: false.';
  }
  // An unusable response of the platform itself.
  if (failure.kind === 'answer' && failure.httpStatus < 300) {
    return 'Run the job again; if it keeps failing, give the request id to Mondoo support.';
  }
  return 'Look at what lies between this machine and the platform (proxy, firewall), and run the job again.';
}

/** Whether a registration failed before the platform looked at it, rather than by refusal or with its response lost. */
function wasNotLookedAt(error: CallError): boolean {
  if (error.failure.kind === 'connection') return error.failure.phase === 'connect';
  const isLimit = error.code === RpcCode.ResourceExhausted && error.retryAfter === undefined;
  return error.isTransient && !isLimit;
}
