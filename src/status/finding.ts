import { certificateProblem } from '../credentials/service-account.ts';
import type { CallError, Failure } from '../platform/call-error.ts';
import { formatDuration } from '../util/duration.ts';
import type { FindingCode } from '../util/errors.ts';
import { type Result, targetOf } from './result.ts';

export interface Finding {
  code: FindingCode;
  /** The cause. */
  message: string;
  /** The fix. */
  remedy: string;
  /** How we know: MRNs, times, the words of the platform or of cnspec, request ids. */
  evidence?: string;
  /** More evidence, by name, for people to compare: one a line. */
  claims?: Record<string, string>;
}

/** The response says nothing about the credentials. */
export function unreachable(result: Result, error: CallError, consequence?: string): Finding {
  return {
    code: 'unreachable',
    message: `${error.method} at ${targetOf(result)?.apiEndpoint} failed: ${reasonOf(error)}. ${consequence ?? 'The credentials could not be checked.'}`,
    remedy: remedyFor(error, result),
    evidence: evidenceOf(error),
  };
}

function remedyFor(error: CallError, result: Result, kind: Failure['kind'] = error.failure.kind): string {
  if (error.remedy !== undefined) return error.remedy;
  const url = targetOf(result)?.apiEndpoint ?? '';
  const remedies = {
    connection: `Check that the runner can reach ${new URL(url).host}: DNS, firewall, proxy. On a self-hosted runner, run \`curl -sv ${url}/Health/Check -d '{}' -H 'content-type: application/json'\`.`,
    answer: `A proxy or a firewall may respond instead of the platform: check both. Check that ${url} is the endpoint in your credentials.`,
    rpc: `Run the job again in ${waitOf(error) ?? 'a few minutes'}. If it keeps failing, give the request id to Mondoo support.`,
  };
  return remedies[kind];
}

/** @param reason the cause, as far as it is known */
export function unauthenticated(result: Result, error: CallError, reason: string): Finding {
  const { account, startedAt } = result;
  const outdated = account?.certificate && certificateProblem(account.certificate, startedAt);
  const certificate = outdated ? ` The certificate of the credentials ${outdated}.` : '';
  return {
    code: 'unauthenticated',
    message: `${reason}${certificate}`,
    remedy: newCredentials(result),
    evidence: evidenceOf(error, account?.mrn),
  };
}

export function permissionDenied(result: Result, error: CallError): Finding {
  return {
    code: 'permission-denied',
    message: 'The role of the service account does not allow this request. Key and clock are correct.',
    remedy: `Use a service account with the role Agent. ${newCredentials(result)}`,
    evidence: evidenceOf(error, result.account?.mrn),
  };
}

/** @param credentials says whether they work @param lost says what may remain of the call */
export function unregistered(result: Result, error: CallError, credentials: string, lost: string): Finding {
  const { failure, method } = error;
  // With such a status the platform itself responded.
  const kind = failure.kind === 'answer' && failure.httpStatus < 300 ? 'rpc' : failure.kind;
  const checkSpace =
    'In the Mondoo Console, check that the space still exists and has not reached a limit, and remove unused clients. If the job only checks the credentials, set `register: false`.';
  return {
    code: 'unregistered',
    message: `${credentials}${method} failed: ${reasonOf(error)}.${lost}`,
    remedy: failure.kind === 'rpc' ? checkSpace : remedyFor(error, result, kind),
    evidence: evidenceOf(error, targetOf(result)?.ownerMrn),
  };
}

function newCredentials({ identity }: Result): string {
  const remedies = {
    'workload identity': 'Check the provider in the Mondoo Console (Settings → Workload Identity).',
    'registration token': 'Generate another registration token in the Mondoo Console.',
    'service account':
      'Generate new credentials in the Mondoo Console (Integrations → Supply Chain → Generate Long-Lived Credentials), and replace the secret.',
  };
  return remedies[identity?.kind ?? 'service account'];
}

/** Why a call failed; the platform's own words are evidence. */
function reasonOf(error: CallError): string {
  const reason = error.failure.kind === 'rpc' ? 'Mondoo Platform reported an error' : error.message;
  const wait = waitOf(error);
  return wait === undefined ? reason : `${reason}, and asks to wait ${wait}`;
}

function waitOf({ retryAfter }: CallError): string | undefined {
  return retryAfter ? formatDuration(Math.ceil(retryAfter / 1000) * 1000) : undefined;
}

/** @param other evidence besides the platform's words, and the id by which Mondoo support finds the request */
export function evidenceOf({ method, failure, message, requestId }: CallError, other?: string): string {
  const words = failure.kind === 'rpc' ? ` failed with "${message}"` : '';
  return `${other ? `${other}; ` : ''}${method}${words} (request id ${requestId})`;
}
