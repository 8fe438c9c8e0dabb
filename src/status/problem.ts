import { certificateProblem } from '../credentials/service-account.ts';
import type { Finding } from '../errors.ts';
import type { CallError } from '../platform/call-error.ts';
import { type Facts, targetOf } from './facts.ts';

/** One finding, told to the person who reads the run: what is wrong and how we know, and what to do. */
export interface Problem {
  code: Finding;
  message: string;
  remedy: string;
}

/** The platform, or the way there, gave no answer that says anything of the credentials. */
export function unreachable(
  facts: Facts,
  error: CallError,
  consequence = 'The credentials could not be checked.',
): Problem {
  const host = new URL(endpoint(facts)).host;
  const remedy = {
    connection: `Check that this machine can reach ${host}: name resolution, firewall, proxy. On a self-hosted runner try \`curl -sv ${endpoint(facts)}/Health/Check -d '{}' -H 'content-type: application/json'\`.`,
    answer: `Something between this machine and the platform answers in its place, or the endpoint is wrong: look at proxy and firewall, and whether ${endpoint(facts)} is the endpoint in your credentials.`,
    rpc: 'The platform has a problem of its own. Run the job again in a few minutes; if it keeps failing, give the request id to Mondoo support.',
  }[error.failure.kind];
  return {
    code: 'unreachable',
    message: `Mondoo Platform at ${endpoint(facts)} gave no usable answer to ${error.method}: ${error.message}${reference(error)}. ${consequence}`,
    remedy,
  };
}

/**
 * The platform refuses the credentials, and not for the clock.
 * @param clock how that is known
 */
export function unauthenticated(facts: Facts, error: CallError, clock: string): Problem {
  const outdated = facts.account?.certificate && certificateProblem(facts.account.certificate, facts.now);
  const certificate = outdated ? ` The certificate of the credentials ${outdated}.` : '';
  return {
    code: 'unauthenticated',
    message: `Mondoo Platform does not know these credentials: it refuses ${facts.account?.mrn} with "${error.message}"${reference(error)}; ${clock}.${certificate}`,
    remedy: `The service account was deleted or revoked, or belongs to another region than ${endpoint(facts)}. ${newCredentials(facts)}`,
  };
}

/** The platform knows who asks, and does not let them. */
export function permissionDenied(facts: Facts, error: CallError): Problem {
  return {
    code: 'permission-denied',
    message: `Mondoo Platform knows ${facts.account?.mrn} but its role does not allow this: "${error.message}"${reference(error)}. Key and clock are good, the role is wrong.`,
    remedy: `cnspec needs a service account with the role Agent, as generated credentials have it. ${newCredentials(facts)}`,
  };
}

/** The way to credentials that work, by the way in. */
function newCredentials({ identity }: Facts): string {
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
export function endpoint(facts: Facts): string {
  return targetOf(facts)?.apiEndpoint ?? '';
}

/** The space or organization that this is about, for messages. */
export function owner(facts: Facts): string {
  return targetOf(facts)?.ownerMrn ?? '';
}

/** By the request id the platform's support can find a request. */
export function reference({ requestId }: CallError): string {
  return ` (request id ${requestId})`;
}
