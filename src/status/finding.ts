import { certificateProblem } from '../credentials/service-account.ts';
import type { CallError } from '../platform/call-error.ts';
import type { FindingCode } from '../util/errors.ts';
import { type Result, targetOf } from './result.ts';

export interface Finding {
  code: FindingCode;
  /** What is wrong and how we know. */
  message: string;
  /** What to do. */
  remedy: string;
}

/** The platform gave no response that says anything about the credentials. */
export function unreachable(
  result: Result,
  error: CallError,
  consequence = 'The credentials could not be checked.',
): Finding {
  const url = targetOf(result)?.apiEndpoint ?? '';
  const remedies = {
    connection: `Check that this machine can reach ${new URL(url).host}: name resolution, firewall, proxy. On a self-hosted runner try \`curl -sv ${url}/Health/Check -d '{}' -H 'content-type: application/json'\`.`,
    answer: `Something between this machine and the platform answers in its place, or the endpoint is wrong: look at proxy and firewall, and whether ${url} is the endpoint in your credentials.`,
    rpc: 'The platform has a problem of its own. Run the job again in a few minutes; if it keeps failing, give the request id to Mondoo support.',
  };
  return {
    code: 'unreachable',
    message: `Mondoo Platform at ${url} gave no usable answer to ${error.method}: ${error.message} (request id ${error.requestId}). ${consequence}`,
    remedy: remedies[error.failure.kind],
  };
}

/**
 * The platform refuses the credentials, and the clock isn't the reason.
 * @param clock how that is known
 */
export function unauthenticated(result: Result, error: CallError, clock: string): Finding {
  const { account, startedAt } = result;
  const outdated = account?.certificate && certificateProblem(account.certificate, startedAt);
  const certificate = outdated ? ` The certificate of the credentials ${outdated}.` : '';
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform does not know these credentials: it refuses ${account?.mrn} with ${quoted(error)}; ${clock}.${certificate}`,
    remedy: `The service account was deleted or revoked, or belongs to another region than ${targetOf(result)?.apiEndpoint}. ${newCredentials(result)}`,
  };
}

export function permissionDenied(result: Result, error: CallError): Finding {
  return {
    code: 'permission-denied',
    message: `Mondoo Platform knows ${result.account?.mrn} but its role does not allow this: ${quoted(error)}. Key and clock are good, the role is wrong.`,
    remedy: `cnspec needs a service account with the role Agent, as generated credentials have it. ${newCredentials(result)}`,
  };
}

function newCredentials({ identity }: Result): string {
  const remedies = {
    'workload identity':
      'The account was minted for this run: look at the settings of the workload identity in the Mondoo Console.',
    'registration token':
      'The account was minted for this job: generate another registration token in the Mondoo Console.',
    'service account':
      'Generate new credentials in the Mondoo Console (Integrations, Add New Integration, Generate Long-Lived Credentials) and store the JSON as the secret.',
  };
  return remedies[identity?.kind ?? 'service account'];
}

/** What the platform said, with the id by which Mondoo support finds the request. */
export function quoted({ message, requestId }: CallError): string {
  return `"${message}" (request id ${requestId})`;
}
