import { certificateProblem } from '../credentials/service-account.ts';
import { type CallError, type Failure, rpcName } from '../platform/call-error.ts';
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
    message: `The request to \`${targetOf(result)?.apiEndpoint}\` failed: ${reasonOf(error)}. ${consequence ?? 'The credentials could not be checked.'}`,
    remedy: remedyFor(error, result),
    evidence: evidenceOf(error),
  };
}

function remedyFor(error: CallError, result: Result, kind: Failure['kind'] = error.failure.kind): string {
  if (error.remedy !== undefined) return error.remedy;
  const url = targetOf(result)?.apiEndpoint ?? '';
  const again = `Run the job again in ${waitOf(error) ?? 'a few minutes'}. If it keeps failing,`;
  const isConnected = error.failure.kind === 'connection' && error.failure.phase !== 'connect';
  const remedies = {
    connection: isConnected
      ? `${again} check the proxy and the firewall between the runner and \`${url}\`, or increase the input \`timeout\`.`
      : `Check that the runner can reach \`${url}\`: DNS, firewall, proxy. On a self-hosted runner, run \`curl -sv ${url}/Health/Check -d '{}' -H 'content-type: application/json'\`.`,
    response: `${error.isTransient ? `${again} check` : 'Check'} whether a proxy or a firewall responds instead of Mondoo Platform. Check that \`${url}\` is the right endpoint (the input \`api-endpoint\`, or the endpoint in the credentials).`,
    rpc: `${again} give the request id to Mondoo support.`,
  };
  return remedies[kind];
}

/** @param reason the cause, as far as it is known @param check comes before the new credentials */
export function unauthenticated(result: Result, error: CallError, reason: string, check = ''): Finding {
  const { account, startedAt } = result;
  const outdated = account?.certificate && certificateProblem(account.certificate, startedAt);
  return {
    code: 'unauthenticated',
    message: outdated ? `${reason} The certificate of the credentials ${outdated}.` : reason,
    remedy: `${check}${newCredentials(result)}`,
    evidence: evidenceOf(error, accountOf(result)),
  };
}

const AGENT =
  'Add a service account with the role Agent in the Mondoo Console (Settings → Service Accounts), and replace the secret.';

export function permissionDenied(result: Result, error: CallError): Finding {
  return {
    code: 'permission-denied',
    message: `The key is correct, but the role of the service account does not allow \`${error.method}\`.`,
    remedy: isOwn(result) ? AGENT : newCredentials(result),
    evidence: evidenceOf(error, accountOf(result)),
  };
}

/** @param credentials says whether they work */
export function unregistered(result: Result, error: CallError, credentials: string): Finding {
  const { failure } = error;
  // With such a status the platform itself responded.
  const kind = failure.kind === 'response' && failure.httpStatus < 300 ? 'rpc' : failure.kind;
  const checkSpace = `Check in the Mondoo Console that the space exists. If it is at a limit, remove unused clients.${credentials && ' If this job needs no client, set `register: false`.'}`;
  return {
    code: 'unregistered',
    message: `${credentials}The registration failed: ${reasonOf(error)}.`,
    remedy: kind === 'rpc' && !error.mayHaveTakenEffect ? checkSpace : remedyFor(error, result, kind),
    evidence: evidenceOf(error, `Owner \`${targetOf(result)?.ownerMrn}\``),
  };
}

/** Whether the service account is the credentials' own. */
export function isOwn({ identity }: Result): boolean {
  return identity === undefined || identity.kind === 'service account';
}

const accountOf = ({ account }: Result) => account && `Service account \`${account.mrn}\``;

function newCredentials({ identity }: Result): string {
  const remedies = {
    'workload identity':
      'In the Mondoo Console (Settings → Workload Identity), check the provider and its role, Agent.',
    'registration token': 'Run the job again. If it keeps failing, generate another token in the Mondoo Console.',
    'service account':
      'Generate new credentials in the Mondoo Console (Integrations → Supply Chain → Generate Long-Lived Credentials), and replace the secret.',
  };
  return remedies[identity?.kind ?? 'service account'];
}

/** Why a call failed, in the platform's own words if it responded with an error. */
function reasonOf(error: CallError): string {
  const wait = waitOf(error);
  const asked = wait === undefined ? '' : `. The response asks to wait ${wait}`;
  if (error.failure.kind !== 'rpc') return error.message + asked;
  const { code, message } = error.failure.status;
  return `error \`${rpcName(code)}\`${message && `, "${message.replace(/["`]/g, "'").replace(/\.$/, '')}"`}${asked}`;
}

function waitOf({ retryAfter }: CallError): string | undefined {
  return retryAfter ? formatDuration(Math.ceil(retryAfter / 1000) * 1000) : undefined;
}

/** @param other evidence besides the platform's words, and the id by which Mondoo support finds the request */
export function evidenceOf({ method, failure, message, requestId }: CallError, other?: string): string {
  const words = failure.kind === 'rpc' ? ` failed with "${message}"` : '';
  return `${other ? `${other}; ` : ''}${method}${words} (request id ${requestId})`;
}
