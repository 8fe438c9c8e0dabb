import type { CallError } from '../platform/call-error.ts';
import { EXCHANGE } from '../platform/client.ts';
import { RpcCode } from '../platform/rpc-status.ts';
import { plainText } from '../util/text.ts';
import { type Finding, quoted, unreachable } from './finding.ts';
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
