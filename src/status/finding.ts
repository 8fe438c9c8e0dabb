import { certificateProblem } from '../credentials/service-account.ts';
import type { CallError } from '../platform/call-error.ts';
import type { FindingCode } from '../util/errors.ts';
import { type Result, targetOf } from './result.ts';

/** One finding, told to the person who reads the run: what is wrong and how we know, and what to do. */
export interface Finding {
  code: FindingCode;
  message: string;
  remedy: string;
}

/** The platform, or the way there, gave no answer that says anything of the credentials. */
export function unreachable(
  result: Result,
  error: CallError,
  consequence = 'The credentials could not be checked.',
): Finding {
  const host = new URL(endpoint(result)).host;
  const remedy = {
    connection: `Check that this machine can reach ${host}: name resolution, firewall, proxy. On a self-hosted runner try \`curl -sv ${endpoint(result)}/Health/Check -d '{}' -H 'content-type: application/json'\`.`,
    answer: `Something between this machine and the platform answers in its place, or the endpoint is wrong: look at proxy and firewall, and whether ${endpoint(result)} is the endpoint in your credentials.`,
    rpc: 'The platform has a problem of its own. Run the job again in a few minutes; if it keeps failing, give the request id to Mondoo support.',
  }[error.failure.kind];
  return {
    code: 'unreachable',
    message: `Mondoo Platform at ${endpoint(result)} gave no usable answer to ${error.method}: ${error.message}${requestIdSuffix(error)}. ${consequence}`,
    remedy,
  };
}

/**
 * The platform refuses the credentials, and not for the clock.
 * @param clock how that is known
 */
export function unauthenticated(result: Result, error: CallError, clock: string): Finding {
  const outdated = result.account?.certificate && certificateProblem(result.account.certificate, result.startedAt);
  const certificate = outdated ? ` The certificate of the credentials ${outdated}.` : '';
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform does not know these credentials: it refuses ${result.account?.mrn} with "${error.message}"${requestIdSuffix(error)}; ${clock}.${certificate}`,
    remedy: `The service account was deleted or revoked, or belongs to another region than ${endpoint(result)}. ${newCredentials(result)}`,
  };
}

/** The platform knows who asks, and does not let them. */
export function permissionDenied(result: Result, error: CallError): Finding {
  return {
    code: 'permission-denied',
    message: `Mondoo Platform knows ${result.account?.mrn} but its role does not allow this: "${error.message}"${requestIdSuffix(error)}. Key and clock are good, the role is wrong.`,
    remedy: `cnspec needs a service account with the role Agent, as generated credentials have it. ${newCredentials(result)}`,
  };
}

/** The way to credentials that work, by the way in. */
function newCredentials({ identity }: Result): string {
  switch (identity?.kind) {
    case 'workload identity':
      return 'The account was minted for this run: look at the settings of the workload identity in the Mondoo Console.';
    case 'registration token':
      return 'The account was minted for this job: generate another registration token in the Mondoo Console.';
    default:
      return 'Generate new credentials in the Mondoo Console (Integrations, Add New Integration, Generate Long-Lived Credentials) and store the JSON as the secret.';
  }
}

/** Where the platform is, for messages. */
export function endpoint(result: Result): string {
  return targetOf(result)?.apiEndpoint ?? '';
}

/** The space or organization that this is about, for messages. */
export function owner(result: Result): string {
  return targetOf(result)?.ownerMrn ?? '';
}

/** By the request id the platform's support can find a request. */
export function requestIdSuffix({ requestId }: CallError): string {
  return ` (request id ${requestId})`;
}
