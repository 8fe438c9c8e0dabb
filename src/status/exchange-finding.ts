import type { CallError } from '../platform/call-error.ts';
import { EXCHANGE } from '../platform/client.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { plainText } from '../util/text.ts';
import { endpoint, type Finding, owner, requestIdSuffix, unreachable } from './finding.ts';
import type { Result } from './result.ts';

/** Says why a workload identity came to no service account. */
export function exchangeFinding(result: Result, error: CallError): Finding {
  if (error.method !== EXCHANGE) return withoutIdToken(error);
  if (error.code !== undefined && DISTRUST.has(error.code)) return distrusted(result, error);
  // What the platform itself says for good.
  if (error.failure.kind === 'rpc' && !error.isTransient) return notExchanged(result, error);
  return unreachable(result, error, 'The ID token of this run could not be exchanged for a service account.');
}

/** How the platform says that it does not take a token. */
const DISTRUST: ReadonlySet<number> = new Set([
  RpcCode.InvalidArgument,
  RpcCode.PermissionDenied,
  RpcCode.Unauthenticated,
]);

function withoutIdToken(error: CallError): Finding {
  return {
    code: 'unreachable',
    message: `GitHub gave no ID token for this run: ${error.message}. It could not be exchanged for a service account, and Mondoo Platform was not asked for one.`,
    remedy:
      'Run the job again in a few minutes, and look at https://www.githubstatus.com. On a self-hosted runner check that the machine can reach GitHub: name resolution, firewall, and the proxy in HTTPS_PROXY.',
  };
}

/** Nothing in an ID token but its signature is secret, and its claims are what has to be compared. */
function distrusted(result: Result, error: CallError): Finding {
  const { issuer = '', subject = '', repository = '', ref = '' } = result.idToken ?? {};
  const claims = [
    `issuer ${issuer}`,
    `audience ${owner(result)}`,
    `repository ${repository}`,
    `branch ${ref}`,
    `subject ${subject}`,
  ].map((claim) => plainText(claim, 320));
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform at ${endpoint(result)} does not trust the ID token of this run: it refuses to exchange it with "${error.message}"${requestIdSuffix(error)}. The token says: ${claims.join(', ')}.`,
    remedy:
      'Compare issuer, audience, repository and branch with what the workload identity in the Mondoo Console expects; every one of them has to match.',
  };
}

function notExchanged(result: Result, error: CallError): Finding {
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform at ${endpoint(result)} did not exchange the ID token of this run for a service account: "${error.message}"${requestIdSuffix(error)}. It does not say that the token is the reason.`,
    remedy: `Look in the Mondoo Console whether ${owner(result)} still exists and has a workload identity, and whether ${endpoint(result)} is its region. If it keeps failing, give the request id to Mondoo support.`,
  };
}
