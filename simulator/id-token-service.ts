import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SignJWT } from 'jose';
import type { ServerIdentity } from './authority.ts';
import { bearerOf } from './compact-jwt.ts';
import { deliver } from './delivery.ts';
import { PUSH } from './events.ts';
import { type Fault, FaultPlan } from './faults.ts';
import { listen } from './loopback-server.ts';
import { jsonResponse, type ResponseContent, startResponse } from './response-content.ts';
import { type Cause, describeRun, type Run } from './run.ts';
import { JSON_RESPONSES } from './wire-format.ts';

export interface IdTokenRequest {
  line: string;
  headers: IncomingHttpHeaders;
  status: number | undefined;
}

export interface IdTokenService {
  readonly issuer: string;
  /** RS256. */
  readonly publicKey: KeyObject;
  /** The variables of a job with `permissions: id-token: write`. */
  readonly env: { ACTIONS_ID_TOKEN_REQUEST_URL: string; ACTIONS_ID_TOKEN_REQUEST_TOKEN: string };
  readonly requests: readonly IdTokenRequest[];
  readonly tokens: readonly string[];
  readonly secrets: readonly string[];
  /** Plans faults for the next requests; a list is used up. */
  fault(fault: Fault | Fault[]): void;
  close(): Promise<void>;
}

export interface IdTokenServiceOptions {
  /** Default: `https://token.actions.githubusercontent.com`. */
  issuer?: string;
  cause?: Cause;
  /** Claims that replace those of the run. */
  claims?: Record<string, unknown>;
  tls?: ServerIdentity;
}

const GITHUB = 'https://token.actions.githubusercontent.com';

/** In seconds. */
const LIFETIME = 300;

export async function startIdTokenService({
  issuer = GITHUB,
  cause = PUSH,
  claims = {},
  tls,
}: IdTokenServiceOptions = {}): Promise<IdTokenService> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const run = describeRun(cause);
  const ownAudience = `${run.GITHUB_SERVER_URL}/${run.GITHUB_REPOSITORY_OWNER}`;
  const requestToken = randomBytes(48).toString('base64url');
  const path = `/${randomBytes(12).toString('hex')}//idtoken/${randomUUID()}/${randomUUID()}`;
  const faults = new FaultPlan<'ID token'>();
  const requests: IdTokenRequest[] = [];
  const tokens: string[] = [];
  const secrets = [requestToken];

  async function issue(audience: string): Promise<ResponseContent> {
    const seconds = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({
      ...runClaims(run, cause.eventName),
      jti: randomUUID(),
      aud: audience,
      iss: issuer,
      iat: seconds,
      nbf: seconds,
      exp: seconds + LIFETIME,
      ...claims,
    })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: 'simulator' })
      .sign(privateKey);
    tokens.push(token);
    secrets.push(token);
    return jsonResponse(200, { value: token });
  }

  const server = await listen(async (request, response, closing) => {
    const { method = '', url = '', headers, socket } = request;
    const record: IdTokenRequest = { line: `${method} ${url}`, headers, status: undefined };
    requests.push(record);
    const asked = new URL(url, 'http://127.0.0.1');
    const act = async () => {
      if (asked.pathname !== path) return jsonResponse(404, { message: 'not found' });
      if (method !== 'GET') return jsonResponse(405, { message: 'method not allowed' });
      if (bearerOf(headers.authorization) !== requestToken)
        return jsonResponse(401, { message: 'unauthorized' });
      if (!asked.searchParams.has('api-version')) return jsonResponse(400, { message: 'no api-version' });
      return issue(asked.searchParams.get('audience') || ownAudience);
    };
    const start = (content: ResponseContent) => {
      record.status = content.status;
      return startResponse(response, content);
    };
    await deliver({ act, start, format: JSON_RESPONSES, socket, closing }, faults.next('ID token'));
  }, tls);

  return {
    issuer,
    publicKey,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}${path}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    requests,
    tokens,
    secrets,
    fault: (fault) => faults.plan('ID token', fault),
    close: server.close,
  };
}

/** https://docs.github.com/en/actions/reference/security/oidc */
function runClaims(run: Run, eventName: string): Record<string, unknown> {
  const isPullRequest = eventName === 'pull_request';
  return {
    sub: `repo:${run.GITHUB_REPOSITORY}:${isPullRequest ? 'pull_request' : `ref:${run.GITHUB_REF}`}`,
    ref: run.GITHUB_REF,
    ref_type: run.GITHUB_REF_TYPE,
    ref_protected: run.GITHUB_REF_PROTECTED,
    base_ref: run.GITHUB_BASE_REF,
    head_ref: run.GITHUB_HEAD_REF,
    sha: run.GITHUB_SHA,
    event_name: eventName,
    repository: run.GITHUB_REPOSITORY,
    repository_id: run.GITHUB_REPOSITORY_ID,
    repository_owner: run.GITHUB_REPOSITORY_OWNER,
    repository_owner_id: run.GITHUB_REPOSITORY_OWNER_ID,
    repository_visibility: 'private',
    actor: run.GITHUB_ACTOR,
    actor_id: run.GITHUB_ACTOR_ID,
    run_id: run.GITHUB_RUN_ID,
    run_number: run.GITHUB_RUN_NUMBER,
    run_attempt: run.GITHUB_RUN_ATTEMPT,
    runner_environment: 'self-hosted',
    workflow: run.GITHUB_WORKFLOW,
    workflow_ref: run.GITHUB_WORKFLOW_REF,
    workflow_sha: run.GITHUB_WORKFLOW_SHA,
    job_workflow_ref: run.GITHUB_WORKFLOW_REF,
    job_workflow_sha: run.GITHUB_WORKFLOW_SHA,
  };
}
