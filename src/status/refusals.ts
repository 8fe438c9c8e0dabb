import type { RegistrationToken } from '../credentials/registration-token.ts';
import { type CallError, RpcCode } from '../platform/call-error.ts';
import { EXCHANGE } from '../platform/client.ts';
import { codeSpan } from '../util/text.ts';
import { evidenceOf, type Finding, permissionDenied, unauthenticated, unreachable, unregistered } from './finding.ts';
import { type Result, targetOf } from './result.ts';

/** The codes by which the platform refuses a token. */
const TOKEN_REJECTED: number[] = [RpcCode.InvalidArgument, RpcCode.PermissionDenied, RpcCode.Unauthenticated];

/** Says why workload identity federation gave no service account. */
export function exchangeFinding(result: Result, error: CallError): Finding {
  const { apiEndpoint, ownerMrn } = targetOf(result) ?? {};
  if (error.method !== EXCHANGE) {
    return {
      code: 'unreachable',
      message: `${result.idToken ? 'The' : 'Mondoo Platform was not asked for a service account, because the'} CI gave this run no ID token: ${error.message}.`,
      remedy:
        error.remedy ??
        'Run the job again in a few minutes, and check the status page of the CI. On a self-hosted runner, check that the runner can reach the CI: DNS, firewall, and the proxy in `HTTPS_PROXY`.',
    };
  }
  if (error.code === undefined || error.isTransient) {
    return unreachable(result, error, 'The ID token could not be exchanged for a service account.');
  }
  const isDistrusted = TOKEN_REJECTED.includes(error.code);
  return {
    code: 'unauthenticated',
    message: isDistrusted
      ? `Mondoo Platform (\`${apiEndpoint}\`) does not trust the ID token of this run.`
      : `Mondoo Platform (\`${apiEndpoint}\`) did not exchange the ID token for a service account. The response does not blame the token.`,
    remedy: isDistrusted
      ? 'Compare the claims of the token with the provider in the Mondoo Console (Settings → Workload Identity). Issuer, audience and subject must match exactly. In newer repositories, the subject contains ids.'
      : `In the Mondoo Console, check that \`${ownerMrn}\` still exists and has a provider (Settings → Workload Identity). Check that its API endpoint is \`${apiEndpoint}\`. If it keeps failing, give the request id to Mondoo support.`,
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
    const reason = "The same credentials were accepted a moment before. They were revoked, or can't register clients.";
    return unauthenticated(result, error, reason);
  }

  const start = token ? '' : 'The credentials work. ';
  const isLost = error.mayHaveTakenEffect;
  const state = isLost ? 'It is not known whether a client was registered.' : 'No client was registered.';
  const finding = isOutage(error) ? unreachable(result, error, start + state) : unregistered(result, error, start);
  if (!isLost) return finding;
  return {
    ...finding,
    message: `${finding.message} A client named ${codeSpan(registration.name)} may exist.`,
    remedy: `Look for this client in the space's list of clients in the Mondoo Console, and remove it. ${finding.remedy}`,
  };
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
  const isDenied = error.code === RpcCode.PermissionDenied;
  return {
    code: isDenied ? 'permission-denied' : 'unauthenticated',
    message: hasExpired
      ? "The registration token has expired by the platform's clock."
      : `The registration token ${isDenied ? "isn't allowed to register clients, " : ''}was revoked, or isn't for the region of \`${targetOf(result)?.apiEndpoint}\`. ${age}`,
    remedy:
      'Generate a new registration token in the Mondoo Console. For a job that runs regularly, use credentials or workload identity federation.',
    evidence: evidenceOf(error, times),
  };
}

/** Whether the platform failed rather than refused: it may have processed the registration. */
function isOutage(error: CallError): boolean {
  if (error.failure.kind === 'connection') return error.failure.phase === 'connect';
  return error.isTransient && !error.isLimit;
}
