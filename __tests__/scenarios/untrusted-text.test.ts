import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { FORK_PULL_REQUEST, PUSH } from '../../simulator/events.ts';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import type { Step } from '../../simulator/runner.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { type Ran, type Stage, test } from './stage.ts';

/** Injections, each with the name `injected`. No NUL, because environment variables can't contain one. */
const ATTEMPTS = [
  ...['\n::set-output name=injected::injected', '\r::error title=injected::injected', '::warning::injected'],
  ...[
    '\r\n::save-state name=injected::injected',
    '\n::add-mask::injected-injected-injected',
    '\n ::notice::injected',
  ],
  ...['\n::set-env name=injected::injected', '\n::add-path::injected', '\n::group::injected'],
  ...['##[set-output name=injected;]injected', '##[error]injected', '##[add-mask]injected-injected-injected'],
  ...['##\u001b[error]injected', '%0A::error::injected', '\ninjected=injected', '\ninjected<<x\nx\nx\n'],
  ...[
    '\u001b[2J\u001b[31m',
    '\u001b]8;;https://evil.example\u0007',
    '\u009b31m',
    '\u0085injected: true',
    '\u2028injected: true',
    '\u2029injected: true',
  ],
  ...['\u202e', '\u2067', '\u200f', '\u061c', '\ufeff', '\t'],
  ...[
    '\n\n# injected\n\n',
    '<img src=x onerror="injected()">',
    '</code></td></table>',
    '[injected](https://evil.example)',
  ],
  ...[
    '"\ninjected: true\n',
    "'\ninjected: true\n",
    '#',
    '`',
    '|',
    '&lt;script&gt;',
    '\n---\ninjected: true',
    '*injected',
    '&injected',
  ],
  '\n::stop-commands::injected',
];

const HOSTILE = ATTEMPTS.join(' ');
const HOSTILE_LINE = HOSTILE.replace(/\n/g, ' ');
/** The maximum length of a GitHub name. Windows limits environment variables to 32,767 characters. */
const LONGEST_NAME = process.platform === 'win32' ? 20_000 : 100_000;
/** As long as that, with an injection at its end. */
const HOSTILE_NAME = `${HOSTILE_LINE}${'x'.repeat(LONGEST_NAME - 2 * HOSTILE_LINE.length)}${HOSTILE_LINE}`;
/** The maximum length of a response. */
const HOSTILE_MESSAGE = `${HOSTILE}${'x'.repeat(1024 * 1024 - 20_000)}`;

const UNFIT_FOR_A_LOG = /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029\ufeff]/u;

/** All markup that a summary uses. */
const MARKUP =
  /<\/?(?:h3|h4|p|b|table|tr|th|td|code|details|summary)>|<a href="https:\/\/github\.com\/[^"<>]*">|<\/a>|&(?:amp|lt|gt|quot|#39);/g;

/** The log before the first request, and what each step prints about itself. */
const ALWAYS = ['error', 'authenticated', 'findings', 'registered', 'status', 'status-json'];
const OF_CREDENTIALS = [
  ...ALWAYS,
  ...['api-endpoint', 'credentials-expire', 'owner-mrn', 'service-account-mrn', 'space-id'],
];
const OF_HEALTH = ['api-status', 'api-time', 'api-version', 'clock-skew', 'clock-skew-seconds'];
const OF_FAILURE = [...OF_CREDENTIALS, ...OF_HEALTH];
const OF_SUCCESS = [...OF_FAILURE.filter((name) => name !== 'error'), 'client-mrn', 'config-path'];

interface Expected {
  /** The levels of the annotations, in order. */
  annotations: string[];
  /** The names of the outputs. */
  outputs: string[];
  /** The claims of an ID token, one a line. */
  claims?: number;
  env?: Record<string, string>;
  state?: string[];
}

/** Checks that a step did its work, and that no injection had an effect. */
function expectNothingInjected(
  step: Step,
  { annotations, outputs, claims = 0, env = {}, state }: Expected,
): void {
  expect(
    step.annotations.map(({ level }) => level),
    step.log,
  ).toEqual(annotations);
  for (const { title = '', message } of step.annotations) {
    expect(title).not.toContain('injected');
    expect(message).not.toMatch(UNFIT_FOR_A_LOG);
    // Cause, fix, link and evidence; or a warning of one line.
    expect(message.split('\n').length).toBeLessThanOrEqual(4 + (claims && 1 + claims));
    expect(message.length).toBeLessThanOrEqual(4096);
  }
  expect(Object.keys(step.outputs).toSorted()).toEqual(outputs.toSorted());
  for (const [name, value] of Object.entries(step.outputs)) expect(value, name).not.toMatch(/\n/);
  expect(step.outputs.error ?? '').not.toMatch(UNFIT_FOR_A_LOG);
  expect(step.env).toEqual(env);
  expect(step.path).toEqual([]);
  expect(Object.keys(step.state)).toEqual(state ?? ['cleanup']);
  expect(step.masks).not.toContain('injected-injected-injected');

  expect(step.log).not.toMatch(UNFIT_FOR_A_LOG);
  // Groups neither start nor hide anything, because a group folds the log. The action itself starts one.
  expect(step.log.replace('▼ Details, as `cnspec status` prints them\n', '')).not.toMatch(/^▼|^\s*::|##\[/m);
  expect(step.summary.replace(MARKUP, '')).not.toMatch(/[<>"'&]|<img/);
  expect(step.summary).toMatch(/^(?:<h3>.*<\/h3>\n(?:<.*>\n)*)?$/);
  expect(step.summary).not.toMatch(UNFIT_FOR_A_LOG);
}

/** A branch and a job with these names. */
const RUN_OF_A_STRANGER = {
  GITHUB_REF: `refs/heads/${HOSTILE_NAME}`,
  GITHUB_REF_NAME: HOSTILE_NAME,
  GITHUB_HEAD_REF: HOSTILE_NAME,
  GITHUB_WORKFLOW: HOSTILE_LINE,
  GITHUB_JOB: HOSTILE_NAME,
};

describe.concurrent('names', () => {
  test('of branch, job and workflow reach the platform unchanged, and have no other effect', async ({
    stage,
  }) => {
    const step = await stage.run({}, { env: RUN_OF_A_STRANGER });
    expect(step.outputs.status, step.log.slice(0, 3000)).toBe('ok');
    expectNothingInjected(step, {
      annotations: [],
      outputs: OF_SUCCESS,
      env: { MONDOO_CONFIG_PATH: step.outputs['config-path']! },
    });
    const [client] = stage.platform.clients;
    expect(client?.name).toBe(`lunalectric/website/${HOSTILE_NAME}`);
    expect(client?.info).toMatchObject({ labels: { 'github.com/ref': RUN_OF_A_STRANGER.GITHUB_REF } });
    expect(parse(readFileSync(step.outputs['config-path']!, 'utf8'))).toEqual({
      ...stage.credentials,
      agent_mrn: step.outputs['client-mrn'],
    });
  });

  test('of a client are printed in one line if the client may be lost', async ({ stage }) => {
    stage.platform.fault('AgentManager/RegisterAgent', { kind: 'error', code: 14, message: HOSTILE });
    const step = await stage.run({ name: HOSTILE });
    expect(step.outputs.status).toBe('unreachable');
    expect(step.outputs.error).toContain('A client named `');
    expectNothingInjected(step, { annotations: ['error'], outputs: OF_FAILURE });
  });

  test('of a client are printed in one line before a registration token creates it', async ({ stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    const step = await stage.run({ credentials: '', 'registration-token': token, name: HOSTILE });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.log).toContain('→ registering the client `');
    const env = { MONDOO_CONFIG_PATH: step.outputs['config-path']! };
    const outputs = OF_SUCCESS.filter((name) => name !== 'credentials-expire');
    expectNothingInjected(step, { annotations: [], outputs, env });

    const { platform } = stage;
    platform.fault('AgentManager/UnRegisterAgent', { kind: 'error', code: 5, message: HOSTILE_MESSAGE });
    const post = await step.job.runPost(step);
    expect(post.annotations[0]?.message).toContain('could not be unregistered: rpc error: code = NotFound');
    expectNothingInjected(post, { annotations: ['warning'], outputs: [], state: [] });
  });

  test('of variables are printed in one line', async ({ stage }) => {
    const key = `x${HOSTILE}`;
    const variable = `MONDOO_${key.toUpperCase()}`.replaceAll('=', '');
    const step = await stage.run(
      { credentials: JSON.stringify({ ...stage.credentials, [key.replaceAll('=', '')]: 'x' }) },
      { env: { [variable]: 'x', MONDOO_CONFIG_PATH: HOSTILE } },
    );
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.annotations[0]?.message).toContain('The environment variable `MONDOO_X');
    expectNothingInjected(step, {
      annotations: ['warning', 'notice'],
      outputs: OF_SUCCESS,
      env: { MONDOO_CONFIG_PATH: step.outputs['config-path']! },
    });
  });
});

test('annotations become values in mondoo.yml, and no keys', async ({ stage }) => {
  const key = HOSTILE_LINE.replaceAll(/[=\\]/g, '').trim().toLowerCase();
  const value = HOSTILE_LINE.trim();
  const step = await stage.run({
    annotations: `team=web\n${key.toUpperCase()}=${value}\nlong=${HOSTILE_NAME}`,
  });
  expect(step.outputs.status, step.log).toBe('ok');
  const text = readFileSync(step.outputs['config-path']!, 'utf8');
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(text, { version })).toEqual({
      ...stage.credentials,
      agent_mrn: step.outputs['client-mrn'],
      annotations: { team: 'web', [key]: value, long: HOSTILE_NAME.trim() },
    });
  }
  // Nor with a parser that accepts other line ends.
  expect(text.split(/[\n\r\u0085\u2028\u2029]/).filter((line) => /^\s*injected/.test(line))).toEqual([]);
  expectNothingInjected(step, {
    annotations: [],
    outputs: OF_SUCCESS,
    env: { MONDOO_CONFIG_PATH: step.outputs['config-path']! },
  });
});

describe.concurrent('a message of the platform', () => {
  test.concurrent.for([
    ['Health/Check', 5, 'unreachable', OF_CREDENTIALS],
    ['AgentManager/PingPong', 16, 'unauthenticated', OF_FAILURE],
    ['AgentManager/PingPong', 7, 'permission-denied', OF_FAILURE],
    ['AgentManager/PingPong', 3, 'unreachable', OF_FAILURE],
    ['AgentManager/RegisterAgent', 9, 'unregistered', OF_FAILURE],
  ] as const)('is plain text: %s with code %i', async ([method, code, status, outputs], { stage }) => {
    stage.platform.fault(method, { kind: 'error', code, message: HOSTILE_MESSAGE });
    const step = await stage.run();
    expect(step.outputs.status, step.log.slice(0, 3000)).toBe(status);
    expect(step.outputs.error).toMatch(/desc = ::|desc = /);
    expectNothingInjected(step, { annotations: ['error'], outputs: [...outputs] });
    expect(step.log.length).toBeLessThan(10_000);
  });

  test('is plain text if the finding is tolerated', async ({ stage }) => {
    stage.platform.fault('AgentManager/PingPong', { kind: 'error', code: 7, message: HOSTILE_MESSAGE });
    const step = await stage.run({ 'fail-on': 'none' });
    const env = { MONDOO_CONFIG_PATH: step.outputs['config-path']! };
    const outputs = [...OF_FAILURE.filter((name) => name !== 'error'), 'config-path'];
    expectNothingInjected(step, { annotations: ['warning'], outputs, env });
  });

  test('is plain text before a retry', async ({ stage }) => {
    stage.platform.fault('AgentManager/PingPong', { kind: 'error', code: 10, message: HOSTILE_MESSAGE }, 1);
    const step = await stage.run();
    expect(step.log).toContain('! AgentManager/PingPong failed: rpc error: code = Aborted');
    const env = { MONDOO_CONFIG_PATH: step.outputs['config-path']! };
    expectNothingInjected(step, { annotations: [], outputs: OF_SUCCESS, env });
  });
});

describe.concurrent("a field in the platform's response", () => {
  const respond = (stage: Stage, health: object) =>
    stage.platform.fault('Health/Check', { kind: 'response', status: 200, body: JSON.stringify(health) });

  test('is not a version or a time if it does not look like one', async ({ stage }) => {
    respond(stage, { status: 'SERVING', time: HOSTILE, apiVersion: HOSTILE });
    const step = await stage.run();
    const env = { MONDOO_CONFIG_PATH: step.outputs['config-path']! };
    const unknown = ['api-time', 'api-version', 'clock-skew', 'clock-skew-seconds'];
    const outputs = OF_SUCCESS.filter((name) => !unknown.includes(name));
    expectNothingInjected(step, { annotations: ['warning'], outputs, env });
  });

  test.for(['SERVING\n::set-output name=injected::injected', HOSTILE, HOSTILE_MESSAGE])(
    'is not a status if it is not a word (%#)',
    async (status, { stage }) => {
      respond(stage, { status, time: '2026-11-24T22:54:02Z', apiVersion: '13' });
      const step = await stage.run();
      expect(step.outputs.error).toContain('has no readable status');
      expectNothingInjected(step, { annotations: ['error'], outputs: OF_CREDENTIALS });
    },
  );

  test('is not a client if it is not an MRN', async ({ stage }) => {
    const mrn = `//agents.api.mondoo.app/spaces/x/agents/x${HOSTILE}`;
    const body = JSON.stringify({ agent_mrn: mrn });
    stage.platform.fault('AgentManager/RegisterAgent', { kind: 'response', status: 200, body });
    const step = await stage.run();
    expect(step.outputs.status).toBe('unregistered');
    expectNothingInjected(step, { annotations: ['error'], outputs: OF_FAILURE });
  });

  test('is not a page if it is HTML', async ({ stage }) => {
    const headers = { 'content-type': `text/html; x=${HOSTILE_LINE.replace(/[^\x20-\x7e]/g, '')}` };
    stage.platform.fault('Health/Check', { kind: 'response', status: 400, headers, body: HOSTILE });
    const step = await stage.run();
    expect(step.outputs.status).toBe('unreachable');
    expectNothingInjected(step, { annotations: ['error'], outputs: OF_CREDENTIALS });
  });
});

describe.concurrent('a workload identity', () => {
  const OF_IDENTITY = [...ALWAYS, 'api-endpoint', 'owner-mrn', 'space-id'];

  async function keyless(
    stage: Stage,
    { claims = {}, changes = {} }: { claims?: Record<string, unknown>; changes?: object },
  ): Promise<Ran> {
    const idTokens = stage.until(await startIdTokenService({ claims }));
    const { issuer, publicKey } = idTokens;
    stage.platform.trust({ issuer, publicKey, audience: SPACE });
    const credentials = { ...workloadIdentity(stage.platform.endpoint, idTokens), ...changes };
    return stage.run({ credentials: JSON.stringify(credentials) }, { env: idTokens.env });
  }

  test('whose ID token has other claims is rejected with them as plain text', async ({ stage }) => {
    const method = 'SecureTokenService/ExchangeExternalToken';
    stage.platform.fault(method, { kind: 'error', code: 7, message: HOSTILE_MESSAGE });
    const claims = {
      sub: HOSTILE_NAME,
      repository: HOSTILE,
      ref: HOSTILE_NAME,
      environment: HOSTILE,
      job_workflow_ref: HOSTILE_NAME,
    };
    const step = await keyless(stage, { claims });
    expect(step.outputs.status, step.log).toBe('unauthenticated');
    expect(step.outputs.error).toContain('Evidence: issuer: https://token.actions');
    expectNothingInjected(step, { annotations: ['error'], outputs: OF_IDENTITY, claims: 7 });
  });

  test('for another issuer is rejected with both as plain text', async ({ stage }) => {
    const step = await keyless(stage, {
      claims: { iss: HOSTILE },
      changes: { issuerUri: `https://${HOSTILE} x` },
    });
    expect(step.outputs.error).toContain('The workload identity JSON is for tokens of another issuer');
    expectNothingInjected(step, { annotations: ['error'], outputs: OF_IDENTITY });
  });

  test('for another audience is rejected with it as plain text', async ({ stage }) => {
    const step = await keyless(stage, { changes: { audience: HOSTILE } });
    expect(step.outputs.error).toContain(
      "The field `audience` of the workload identity JSON isn't the MRN of",
    );
    expectNothingInjected(step, { annotations: ['error'], outputs: ALWAYS });
  });
});

describe.concurrent('a run without credentials', () => {
  test('names the event and a misspelt input in one line', async ({ stage }) => {
    const event = await stage.run({ credentials: '' }, { env: { GITHUB_EVENT_NAME: HOSTILE } });
    expect(event.outputs.error).toContain('(event `');
    expectNothingInjected(event, { annotations: ['error'], outputs: ALWAYS });

    const name = `INPUT_CREDENTIALS${HOSTILE.replaceAll('=', '')}`;
    const misspelt = await stage.run({ credentials: '' }, { env: { [name]: 'x' } });
    expect(misspelt.outputs.error).toContain('The step sets the input `');
    expectNothingInjected(misspelt, { annotations: ['error'], outputs: ALWAYS });
  });

  test.for(['fail', 'skip'])(
    'names the source of a pull request in one line: %s',
    async (choice, { stage }) => {
      const event = structuredClone(FORK_PULL_REQUEST.event) as {
        pull_request: { head: { ref: string; repo: { full_name: string } } };
      };
      event.pull_request.head.ref = HOSTILE_NAME;
      event.pull_request.head.repo.full_name = HOSTILE_NAME;
      const step = await stage.run(
        { credentials: '', 'on-missing-credentials': choice },
        { ...FORK_PULL_REQUEST, event },
      );
      expect(step.outputs.status).toBe(choice === 'skip' ? 'skipped' : 'missing-credentials');
      expect(step.summary).toContain('This pull request comes from a fork');
      const outputs = choice === 'skip' ? ALWAYS.filter((name) => name !== 'error') : ALWAYS;
      const annotations = [choice === 'skip' ? 'notice' : 'error'];
      expectNothingInjected(step, { annotations, outputs });
    },
  );
});

test.concurrent.for([
  'register',
  'max-clock-skew',
  'fail-on',
  'on-missing-credentials',
  'timeout',
  'job-summary',
  'api-endpoint',
  'api-proxy',
  'annotations',
  'registration-token',
  'credentials',
])('the input %s is rejected as plain text', async (name, { stage }) => {
  const credentials = name === 'registration-token' ? '' : JSON.stringify(stage.credentials);
  const step = await stage.run({ credentials, [name]: HOSTILE }, PUSH);
  expect(step.outputs.status, step.log).toMatch(/^invalid-/);
  expectNothingInjected(step, { annotations: ['error'], outputs: ALWAYS });
});

test('a path is plain text in log, summary and post', async ({ stage }) => {
  // Windows names have no control characters, brackets and quotation marks.
  const folder =
    process.platform === 'win32'
      ? 'x ##[error]injected \u202e x'
      : 'x ##[error]injected \u001b[31m \u202e <img src=x> "';
  const step = await stage.run({ 'config-path': `../${folder}/mondoo.yml` });
  expect(step.outputs.status, step.log).toBe('ok');
  const env = { MONDOO_CONFIG_PATH: step.outputs['config-path']! };
  expectNothingInjected(step, { annotations: [], outputs: OF_SUCCESS, env });
  const post = await step.job.runPost(step);
  expect(post.log).toContain('Removed mondoo.yml: ');
  expectNothingInjected(post, { annotations: [], outputs: [], state: [] });
});
