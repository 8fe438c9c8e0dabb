import { ID_TOKEN } from '../github/id-token.ts';
import type { CallError } from '../platform/call-error.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { plainText } from '../values/plain-text.ts';
import type { Facts } from './facts.ts';
import { endpoint, owner, type Problem, reference, unreachable } from './problem.ts';

/** Says why a workload identity came to no service account. */
export function exchangeProblem(facts: Facts, error: CallError): Problem {
  if (error.method === ID_TOKEN) return withoutIdToken(error);
  if (error.code !== undefined && DISTRUST.has(error.code)) return distrusted(facts, error);
  // What the platform itself says for good.
  if (error.failure.kind === 'rpc' && !error.isTransient) return notExchanged(facts, error);
  return unreachable(facts, error, 'The ID token of this run could not be exchanged for a service account.');
}

/** How the platform says that it does not take a token. */
const DISTRUST: ReadonlySet<number> = new Set([
  RpcCode.InvalidArgument,
  RpcCode.PermissionDenied,
  RpcCode.Unauthenticated,
]);

function withoutIdToken(error: CallError): Problem {
  return {
    code: 'unreachable',
    message: `GitHub gave no ID token for this run: ${error.message}. It could not be exchanged for a service account, and Mondoo Platform was not asked for one.`,
    remedy:
      'Run the job again in a few minutes, and look at https://www.githubstatus.com. On a self-hosted runner check that the machine can reach GitHub: name resolution, firewall, and the proxy in HTTPS_PROXY.',
  };
}

/** Nothing in an ID token but its signature is secret, and its claims are what has to be compared. */
function distrusted(facts: Facts, error: CallError): Problem {
  const { issuer = '', subject = '', repository = '', ref = '' } = facts.idToken ?? {};
  const claims = [
    `issuer ${issuer}`,
    `audience ${owner(facts)}`,
    `repository ${repository}`,
    `branch ${ref}`,
    `subject ${subject}`,
  ].map((claim) => plainText(claim, 320));
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform at ${endpoint(facts)} does not trust the ID token of this run: it refuses to exchange it with "${error.message}"${reference(error)}. The token says: ${claims.join(', ')}.`,
    remedy:
      'Compare issuer, audience, repository and branch with what the workload identity in the Mondoo Console expects; every one of them has to match.',
  };
}

function notExchanged(facts: Facts, error: CallError): Problem {
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform at ${endpoint(facts)} did not exchange the ID token of this run for a service account: "${error.message}"${reference(error)}. It does not say that the token is the reason.`,
    remedy: `Look in the Mondoo Console whether ${owner(facts)} still exists and has a workload identity, and whether ${endpoint(facts)} is its region. If it keeps failing, give the request id to Mondoo support.`,
  };
}
