import type { RegistrationToken } from '../credentials/registration-token.ts';
import { type CallError, RpcCode } from '../platform/call-error.ts';
import { EXCHANGE } from '../platform/client.ts';
import { evidenceOf, type Finding, permissionDenied, unauthenticated, unreachable, unregistered } from './finding.ts';
import { type Result, targetOf } from './result.ts';

/** The codes by which the platform refuses a token. */
const DISTRUST: number[] = [RpcCode.InvalidArgument, RpcCode.PermissionDenied, RpcCode.Unauthenticated];

/** Says why workload identity federation gave no service account. */
export function exchangeFinding(result: Result, error: CallError): Finding {
  const { apiEndpoint, ownerMrn } = targetOf(result) ?? {};
  if (error.method !== EXCHANGE) {
    return {
      code: 'unreachable',
      message: `The CI gave this run no ID token: ${error.message}.${result.idToken ? '' : ' Mondoo Platform was not asked for a service account.'}`,
      remedy:
        error.remedy ??
        'Run the job again in a few minutes, and check the status page of the CI. On a self-hosted runner, check that the runner can reach the CI: DNS, firewall, and the proxy in `HTTPS_PROXY`.',
    };
  }
  if (error.code === undefined || error.isTransient) {
    return unreachable(result, error, 'The ID token could not be exchanged for a service account.');
  }
  const isDistrusted = DISTRUST.includes(error.code);
  return {
    code: 'unauthenticated',
    message: isDistrusted
      ? `${apiEndpoint} does not trust the ID token of this run.`
      : `${apiEndpoint} did not exchange the ID token for a service account. The response does not blame the token.`,
    remedy: isDistrusted
      ? 'Compare what the token says with the provider in the Mondoo Console (Settings → Workload Identity). Issuer, audience and subject must be the same to the letter. The subject of a newer repository has ids in it.'
      : `In the Mondoo Console, check that ${ownerMrn} still exists and has a provider (Settings → Workload Identity), and that ${apiEndpoint} is its region. If it keeps failing, give the request id to Mondoo support.`,
    evidence: evidenceOf(error),
    // Only the signature of an ID token is secret.
    claims: { ...result.idToken },
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
      'The same credentials were accepted a moment before. They were revoked just now, or may not register clients.';
    return unauthenticated(result, error, reason);
  }

  const lost = error.mayHaveTakenEffect
    ? ` A client named "${registration.name}" may exist: look for it in the space's list in the Mondoo Console.`
    : '';
  const start = token ? '' : 'The credentials work. ';
  if (wasNotLookedAt(error)) {
    const outcome = lost ? 'It is not known whether a client was registered.' : 'No client was registered.';
    return unreachable(result, error, `${start}${outcome}${lost}`);
  }
  return unregistered(result, error, start, lost);
}

/** The platform judges a token by its own clock, which proves whether its age is the reason. */
function tokenRefused(result: Result, { expiresAt }: RegistrationToken, error: CallError): Finding {
  const { failedAt } = result.registration;
  const skew = result.check?.skew;
  const now = failedAt && skew !== undefined ? new Date(failedAt.getTime() + skew) : undefined;
  const times =
    expiresAt && now && `The token expires at ${expiresAt.toISOString()}, platform time ${now.toISOString()}`;
  const hasExpired = expiresAt && now && expiresAt <= now;
  const age = times ? 'Its age is not the cause.' : 'Its age could not be checked.';
  return {
    code: error.code === RpcCode.PermissionDenied ? 'permission-denied' : 'unauthenticated',
    message: hasExpired
      ? "The registration token has expired by the platform's clock."
      : `The registration token was revoked, or belongs to another region than ${targetOf(result)?.apiEndpoint}. ${age}`,
    remedy:
      'Generate a new one in the Mondoo Console. For a job that runs regularly, use credentials or workload identity federation.',
    evidence: evidenceOf(error, times),
  };
}

/** Whether a registration failed before the platform looked at it, rather than by refusal or with its response lost. */
function wasNotLookedAt(error: CallError): boolean {
  if (error.failure.kind === 'connection') return error.failure.phase === 'connect';
  return error.isTransient && !error.isLimit;
}
