import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { type Conduct, writeCnspec } from '../../../simulator/cnspec-program.ts';
import { until } from '../../../simulator/until.ts';
import { isGone } from '../../is-gone.ts';
import { test } from '../stage.ts';
import { outside, pathWith, runWithCnspec, type WithCnspec } from './on-path.ts';

/** The message of the only annotation of a failed gate. */
function messageOf({ step }: Pick<WithCnspec, 'step'>): string {
  expect(step.exitCode).toBe(1);
  expect(step.annotations).toHaveLength(1);
  expect(step.annotations[0]).toMatchObject({
    level: 'error',
    title: 'cnspec failed or reported a different status',
  });
  return step.annotations[0]?.message ?? '';
}

/** Expects a failed gate, and that the step left no files. */
function expectRolledBack({ step }: Pick<WithCnspec, 'step'>): void {
  expect(step.outputs).toMatchObject({ status: 'cnspec-failed', findings: 'cnspec-failed' });
  expect(step.outputs).not.toHaveProperty('config-path');
  expect(step.env).not.toHaveProperty('MONDOO_CONFIG_PATH');
  expect(existsSync(path.join(step.job.folders.temp, '_github_home'))).toBe(false);
}

describe.concurrent('a cnspec on PATH that agrees', () => {
  test('is run, and its status is reported', async ({ stage }) => {
    const { step, program, calls, releases } = await runWithCnspec(stage);
    expect(step.exitCode, step.log).toBe(0);
    expect(step.log).toContain(`→ running \`${program} status\`\n`);
    const lines = step.log.split('\n');
    const from = lines.findIndex((line) => line.startsWith('→ Time: '));
    expect(lines.slice(from + 1, from + 7)).toEqual([
      '→ Version: 13.0.0 (API Version: 13)',
      '→ Latest Version: 13.0.0',
      `→ Updates URL: ${releases.url}`,
      `→ Providers URL: ${releases.url}`,
      '→ Installed Providers: core | mock | recording | sbom',
      `→ API ConnectionConfig: ${stage.platform.endpoint}`,
    ]);
    expect(step.outputs).toMatchObject({
      status: 'ok',
      'cnspec-version': '13.0.0',
      'latest-version': '13.0.0',
    });
    expect(JSON.parse(step.outputs['status-json'] ?? '').client).toMatchObject({
      version: '13.0.0',
      latest_version: '13.0.0',
      build: 'development',
    });
    // Before mondoo.yml is moved: another step's file is not replaced by one that cnspec rejects.
    const asked = JSON.parse(step.state.cleanup!).config;
    expect(calls.map(({ args }) => args)).toEqual([
      ['status', '--config', asked.temporaryPath, '-o', 'json'],
      ['providers', 'list'],
    ]);
    // The releases host is only for installations.
    expect(releases.requests).toEqual([]);
    // It was on PATH before, so nothing changes for later steps.
    expect(step.path).toEqual([]);
    expect(step.env).not.toHaveProperty('MONDOO_AUTO_UPDATE_ENGINE');
  });

  test('queries the platform itself, by protobuf, if its output is not fixed', async ({ stage }) => {
    const { step } = await runWithCnspec(stage, { conduct: { kind: 'asking' } });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'cnspec-version': '13.0.0' });
    const asked = stage.platform.requests.map(({ method, headers }) => [method, headers['content-type']]);
    expect(asked).toContainEqual(['Health/Check', 'application/protobuf']);
    expect(asked).toContainEqual(['AgentManager/PingPong', 'application/protobuf']);
  });

  test('is understood with log lines around its JSON', async ({ stage }) => {
    const { step } = await runWithCnspec(stage, { conduct: { kind: 'chatty' } });
    expect(step.outputs).toMatchObject({ status: 'ok', 'cnspec-version': '13.0.0' });
  });

  test('has its warnings passed on', async ({ stage }) => {
    const { step } = await runWithCnspec(stage, { conduct: { kind: 'warning' } });
    expect(step.exitCode).toBe(0);
    expect(step.log).toContain('! possible clock skew detected: 31.2s\n! the round trip took 5.2s\n');
    expect(JSON.parse(step.outputs['status-json'] ?? '').upstream.warnings).toEqual([
      'possible clock skew detected: 31.2s',
      'the round trip took 5.2s',
    ]);
  });

  test('has its clock warning omitted if the step reports its own', async ({ stage }) => {
    stage.platform.clock.offsetMs = 40_000;
    const { step } = await runWithCnspec(stage, {
      conduct: { kind: 'warning' },
      inputs: { 'max-clock-skew': '1m' },
    });
    expect(step.log.match(/possible clock skew/g)).toHaveLength(1);
    expect(step.log).not.toContain('31.2s');
  });

  test('does not delay the step with a background process', async ({ stage }) => {
    const { step, calls } = await runWithCnspec(stage, { conduct: { kind: 'left behind' } });
    expect(step.exitCode).toBe(0);
    const children = calls.flatMap(({ child }) => child ?? []);
    expect(children).toHaveLength(1);
    expect(await isGone(children[0] as number)).toBe(true);
  });

  test('gets only the environment that it needs', async ({ stage }) => {
    const { calls } = await runWithCnspec(stage, {
      env: {
        GITHUB_TOKEN: 'ghs_1',
        ACTIONS_RUNTIME_TOKEN: 'token',
        STATE_other: 'x',
        MONDOO_API_ENDPOINT: 'https://elsewhere.example',
        HTTPS_PROXY: '',
        NO_PROXY: 'localhost',
        LC_ALL: 'C',
      },
    });
    expect(calls).toHaveLength(2);
    for (const { env } of calls) {
      expect(env).toMatchObject({ NO_PROXY: 'localhost', LC_ALL: 'C', MONDOO_AUTO_UPDATE: 'false' });
      expect(env).toHaveProperty('HOME');
      const foreign = Object.keys(env).filter((name) =>
        /^(?:INPUT_|STATE_|ACTIONS_|GITHUB_|MONDOO_)/.test(name),
      );
      expect(foreign).toEqual(['MONDOO_AUTO_UPDATE']);
    }
  });

  test('is reported with only the origin of its releases host', async ({ stage }) => {
    const { step } = await runWithCnspec(stage, { conduct: { kind: 'other releases host' } });
    expect(step.exitCode, step.log).toBe(0);
    expect(step.log).toContain('→ Updates URL: https://mirror.example.org\n');
    expect(step.log).toContain('→ Providers URL: https://mirror.example.org\n');
    expect(JSON.stringify(step.outputs)).not.toContain('kept-to-itself');
  });

  test('has the passwords of its proxies masked', async ({ stage }) => {
    const { step } = await runWithCnspec(stage, {
      env: {
        HTTP_PROXY: 'http://stella:pa55-of-http@127.0.0.1:9',
        all_proxy: 'socks5://stella:pa55-of-all@127.0.0.1:9',
        NO_PROXY: '127.0.0.1',
      },
    });
    expect(step.masks).toEqual(expect.arrayContaining(['pa55-of-http', 'pa55-of-all']));
  });

  test('is run even if HTTPS_PROXY is unreachable', async ({ stage }) => {
    const { step, calls } = await runWithCnspec(stage, {
      inputs: { 'updates-url': 'https://mirror.example.org' },
      env: { HTTPS_PROXY: '::nonsense::' },
    });
    expect(step, step.log).toMatchObject({
      exitCode: 0,
      outputs: { status: 'ok', 'cnspec-version': '13.0.0' },
    });
    expect(calls).toHaveLength(2);
  });

  test('is run after a registration token too, with the minted account', async ({ stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    const { step } = await runWithCnspec(stage, { inputs: { credentials: '', 'registration-token': token } });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'cnspec-version': '13.0.0' });
    await step.job.runPost(step);
    expect(stage.platform.clients).toEqual([]);
  });

  test('finds the mirror in its mondoo.yml', async ({ stage }) => {
    const { step, releases } = await runWithCnspec(stage);
    const config = parse(await readFile(step.outputs['config-path'] ?? '', 'utf8'));
    expect(config.updates_url).toBe(releases.url);
  });
});

describe.concurrent('whether cnspec is run', () => {
  test('false: it is not run', async ({ stage }) => {
    const { step, calls, releases } = await runWithCnspec(stage, {
      inputs: { 'verify-with-cnspec': 'false' },
      conduct: { kind: 'unauthenticated' },
    });
    expect(step.outputs).toMatchObject({ status: 'ok' });
    expect(step.outputs).not.toHaveProperty('cnspec-version');
    expect(calls).toEqual([]);
    expect(releases.requests).toEqual([]);
  });

  test('auto, without one on PATH: it is not run', async ({ stage }) => {
    const step = await stage.run();
    expect(step.outputs.status).toBe('ok');
    expect(step.log).not.toContain('→ running');
  });

  test('true, without one on PATH: the step fails', async ({ stage }) => {
    const step = await stage.run({ 'verify-with-cnspec': 'true' });
    expect(messageOf({ step })).toContain("cnspec isn't on `PATH`");
    expectRolledBack({ step });
  });

  test.for([
    ['auto', false],
    ['true', true],
  ] as const)('%s, in the workspace: %s', async ([verify, asked], { stage }) => {
    const folder = await outside(stage);
    const record = path.join(folder, 'calls');
    const job = await stage.job();
    const program = await writeCnspec(path.join(job.folders.workspace, 'bin'), {
      version: '13.0.0',
      kind: 'agreeing',
      record,
    });
    const step = await job.runMain({
      inputs: { credentials: JSON.stringify(stage.credentials), 'verify-with-cnspec': verify },
      env: { PATH: pathWith(program) },
    });
    expect(step.outputs.status).toBe('ok');
    expect(existsSync(record)).toBe(asked);
    expect(step.log.includes(`! cnspec at \`${program}\` is inside the workspace, so it was skipped.`)).toBe(
      !asked,
    );
  });
});

interface Disagreeing {
  kind: Conduct['kind'];
  cnspec: string;
  step: string;
}

const DISAGREEING: Disagreeing[] = [
  { kind: 'unregistered', cnspec: 'it has no service account', step: 'there is one' },
  {
    kind: 'unauthenticated',
    cnspec: 'Mondoo Platform rejects the service account',
    step: 'Mondoo Platform accepts the service account',
  },
  {
    kind: 'other account',
    cnspec: 'its service account is `//agents.api.mondoo.app/spaces/oracle-space/serviceaccounts/healthy`',
    step: 'its service account is `//agents.api.mondoo.app/spaces/lunalectric-website/serviceaccounts/',
  },
  {
    kind: 'other endpoint',
    cnspec: 'its endpoint is `https://us.api.mondoo.com`',
    step: 'its endpoint is `http://127.0.0.1:',
  },
  {
    kind: 'other client',
    cnspec: 'its client is `//agents.api.mondoo.app/spaces/oracle-space/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8`',
    step: 'it has no client',
  },
];

describe.concurrent('a cnspec that disagrees', () => {
  test.for(DISAGREEING)('fails the gate: $kind', async ({ kind, cnspec, step: own }, { stage }) => {
    const ran = await runWithCnspec(stage, { conduct: { kind } });
    const message = messageOf(ran);
    expect(message).toContain(`cnspec reports that ${cnspec}`);
    expect(message).toContain(`The action found that ${own}`);
    expectRolledBack(ran);
    expect(ran.step.outputs).toMatchObject({ authenticated: 'true', 'cnspec-version': '13.0.0' });
  });

  test('fails the gate: another client than agent_mrn of the credentials', async ({ stage }) => {
    const own = '//agents.api.mondoo.app/spaces/lunalectric-website/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';
    const credentials = JSON.stringify({ ...stage.credentials, agent_mrn: own });
    const ran = await runWithCnspec(stage, { conduct: { kind: 'other client' }, inputs: { credentials } });
    expect(messageOf(ran)).toContain(`The action found that its client is \`${own}\``);
    expectRolledBack(ran);
  });

  test('causes a warning if the workflow tolerates it', async ({ stage }) => {
    const { step } = await runWithCnspec(stage, {
      conduct: { kind: 'unauthenticated' },
      inputs: { 'fail-on': 'unauthenticated' },
    });
    expect(step).toMatchObject({ exitCode: 0, outputs: { status: 'cnspec-failed' } });
    expect(step.annotations).toMatchObject([{ level: 'warning' }]);
    expect(existsSync(step.outputs['config-path'] ?? '')).toBe(true);
  });

  test('agrees if the platform rejects both and the workflow tolerates it', async ({ stage }) => {
    stage.platform.revoke(stage.credentials.mrn);
    const { step } = await runWithCnspec(stage, {
      conduct: { kind: 'unauthenticated' },
      inputs: { 'fail-on': 'cnspec-failed', register: 'false' },
    });
    expect(step).toMatchObject({ exitCode: 0, outputs: { findings: 'unauthenticated' } });
  });

  test('has a minted client unregistered before its key is removed', async ({ stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    const ran = await runWithCnspec(stage, {
      inputs: { credentials: '', 'registration-token': token },
      conduct: { kind: 'unauthenticated' },
    });
    expect(ran.step.log).toContain('→ unregistered the client');
    expectRolledBack(ran);
    expect(stage.platform.clients).toEqual([]);
  });
});

describe.concurrent('a cnspec without usable output', () => {
  test.for([
    // On Windows a signal is an exit code.
    ['crashing', /`cnspec status` at .*Evidence: Last line of its output: "panic: runtime error/s],
    ['garbled', /`cnspec status` at .* printed no status \(\d+ bytes\) and exited with code 0/],
    ['silent', /`cnspec status` at .* printed no status and exited with code 1/],
    ['flooding', /printed more than 1 MiB/],
    ['commanding', /exited with code 3\..*Evidence: Last line of its output: "# #\[add-path\]\/planted"/s],
  ] as const)('fails the gate: %s', async ([kind, says], { stage }) => {
    const ran = await runWithCnspec(stage, { conduct: { kind } });
    expect(messageOf(ran)).toMatch(says);
    expectRolledBack(ran);
    // None of its output was executed as a command.
    expect(ran.step.log).not.toMatch(/^(?:Warning|Notice|Error): planted/m);
    expect(ran.step.path).toEqual([]);
  });

  test('is ended at the deadline, with all its children', async ({ stage }) => {
    const ran = await runWithCnspec(stage, { conduct: { kind: 'hang' }, inputs: { timeout: '20s' } });
    expect(messageOf(ran)).toContain('timed out after');
    expectRolledBack(ran);
    const processes = ran.calls.flatMap(({ pid, child }) => (child === undefined ? [pid] : [pid, child]));
    expect(processes.length).toBeGreaterThanOrEqual(3);
    for (const pid of processes) expect(await isGone(pid)).toBe(true);
  });

  test('does not expose its inputs', async ({ stage }) => {
    // The stage searches all output and files for the key and the password.
    const ran = await runWithCnspec(stage, {
      conduct: { kind: 'leaking' },
      env: { HTTPS_PROXY: 'http://stella:pa55-of-s@127.0.0.1:9', NO_PROXY: '127.0.0.1' },
    });
    expect(messageOf(ran)).toContain('printed no status');
    expectRolledBack(ran);
  });
});

// Windows delivers no signals.
describe.skipIf(process.platform === 'win32')('a job that is cancelled while cnspec runs', () => {
  test('leaves no process and no file behind', async ({ stage }) => {
    const folder = await outside(stage);
    const record = path.join(folder, 'calls');
    const program = await writeCnspec(path.join(folder, 'bin'), { version: '13.0.0', kind: 'hang', record });
    const job = await stage.job();
    const cancel = new AbortController();
    const running = job.runMain({
      inputs: { credentials: JSON.stringify(stage.credentials) },
      env: { PATH: pathWith(program) },
      cancel: cancel.signal,
    });
    await until(() => existsSync(record) && readFileSync(record, 'utf8').includes('"child"'), running);
    const pids = processesIn(readFileSync(record, 'utf8'));
    cancel.abort();
    const step = await running;
    expect(step.log).toContain('→ the job was cancelled (SIGINT)');
    expect(existsSync(path.join(job.folders.temp, '_github_home'))).toBe(false);
    for (const pid of pids) expect(await isGone(pid)).toBe(true);
  });
});

function processesIn(record: string): number[] {
  return [...record.matchAll(/"(?:pid|child)":(\d+)/g)].map(([, pid]) => Number(pid));
}
