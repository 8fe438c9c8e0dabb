import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { readRecord, withDiskEvent, withDiskRecord } from '../../simulator/disk.ts';
import type { Job } from '../../simulator/runner.ts';
import { releasesFor, runWithCnspec } from './cnspec/on-path.ts';
import { type Stage, test } from './stage.ts';

const PING = 'AgentManager/PingPong';
const REGISTER = 'AgentManager/RegisterAgent';
const UNREGISTER = 'AgentManager/UnRegisterAgent';

describe.concurrent('a step creates no client if it fails', () => {
  test('because cnspec cannot be installed, even after several runs', async ({ stage }) => {
    const releases = await releasesFor(stage);
    releases.fault('checksums', { kind: 'response', status: 404, body: '' });
    for (let run = 1; run <= 3; run++) {
      const step = await stage.run({ 'cnspec-version': '13.0.0', 'updates-url': releases.url });
      expect(step.outputs, step.log).toMatchObject({ status: 'cnspec-failed', registered: 'false' });
    }
    expect(stage.platform.count(REGISTER)).toBe(0);
  });

  test('because a required cnspec is missing: no request is sent', async ({ stage }) => {
    const step = await stage.run({ 'verify-with-cnspec': 'true' }, { env: { PATH: '/nowhere' } });
    expect(step.outputs.status, step.log).toBe('cnspec-failed');
    expect(stage.platform.requests).toEqual([]);
  });

  test('because cnspec reports another status', async ({ stage }) => {
    const { step } = await runWithCnspec(stage, { conduct: { kind: 'unauthenticated' } });
    expect(step.outputs, step.log).toMatchObject({ status: 'cnspec-failed', registered: 'false' });
    expect(stage.platform.count(REGISTER)).toBe(0);
  });
});

test.concurrent('a client that was created before the step failed is named, and is not passed to later steps', async ({
  stage,
}) => {
  const inputs = { credentials: JSON.stringify(stage.credentials) };
  const first = await stage.job();
  const record = path.join(first.folders.home, 'record');
  await first.runMain({ inputs, env: withDiskRecord(record) });
  const at = readRecord(record).findIndex(({ name }) => name === 'rename') + 1;
  const job = await stage.job();
  const step = await job.runMain({ inputs, env: withDiskEvent({ at, event: 'EIO' }) });
  const [, lost] = stage.platform.clients;
  expect(step.outputs, step.log).toMatchObject({ status: 'runner-error', registered: 'false' });
  expect(step.outputs).not.toHaveProperty('client-mrn');
  expect(step.outputs.error).toContain(`The step had already registered the client \`${lost!.mrn}\``);
  expect(step.log).toContain('→ Client: no managed client');
});

describe.concurrent('a finding that fail-on tolerates', () => {
  test('does not end the work: a missing cnspec', async ({ stage }) => {
    const step = await stage.run(
      { 'verify-with-cnspec': 'true', 'fail-on': 'none' },
      { env: { PATH: '/nowhere' } },
    );
    expect(step, step.log).toMatchObject({
      exitCode: 0,
      outputs: { status: 'cnspec-failed', registered: 'true' },
      annotations: [expect.objectContaining({ level: 'warning' })],
    });
    expect(existsSync(step.outputs['config-path']!)).toBe(true);
  });

  test('does not end the work: rejected credentials, which cnspec reports too', async ({ stage }) => {
    stage.platform.revoke(stage.credentials.mrn);
    const { step, calls } = await runWithCnspec(stage, {
      inputs: { 'fail-on': 'none' },
      conduct: { kind: 'unauthenticated' },
    });
    expect(step.outputs, step.log).toMatchObject({ findings: 'unauthenticated', registered: 'false' });
    expect(step.outputs['config-path']).toBe(step.env.MONDOO_CONFIG_PATH);
    expect(calls.length).toBeGreaterThan(0);
    expect(stage.platform.count(REGISTER)).toBe(0);
  });

  test('ends the work if it is a timeout: nothing new begins, and there is no other finding', async ({
    stage,
  }) => {
    stage.platform.fault(PING, { kind: 'hang' });
    const { step, calls } = await runWithCnspec(stage, { inputs: { 'fail-on': 'none', timeout: '3s' } });
    expect(step, step.log).toMatchObject({ exitCode: 0, outputs: { findings: 'unreachable' }, env: {} });
    expect(step.annotations).toHaveLength(1);
    expect(step.outputs).not.toHaveProperty('config-path');
    expect(calls).toEqual([]);
    expect(readdirSync(step.job.folders.temp)).not.toContain('_github_home');
  });
});

test.concurrent('a timeout before any check never passes', async ({ stage }) => {
  const step = await stage.run({ timeout: '1ms' });
  expect(step, step.log).toMatchObject({ exitCode: 1, outputs: { status: 'unreachable' } });
  expect(step.outputs).not.toHaveProperty('config-path');
});

test.concurrent('a timeout without a finding does not stop offline work: mondoo.yml is published', async ({
  stage,
}) => {
  // The list of providers, which is optional, takes all remaining time.
  const { step } = await runWithCnspec(stage, {
    inputs: { timeout: '8s', register: 'false' },
    conduct: { kind: 'without a list' },
  });
  expect(step, step.log).toMatchObject({ exitCode: 0, outputs: { status: 'ok' } });
  expect(existsSync(step.outputs['config-path']!)).toBe(true);
});

test.concurrent('a cnspec that the step installs need not be on PATH, even if the comparison is required', async ({
  stage,
}) => {
  const releases = await releasesFor(stage);
  const step = await stage.run({
    'cnspec-version': '13.0.0',
    'updates-url': releases.url,
    'verify-with-cnspec': 'true',
  });
  expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'cnspec-version': '13.0.0' });
});

test.concurrent('a client is unregistered over a separate connection and with its own time limit, and by post if the platform hangs', async ({
  stage,
}) => {
  const { platform } = stage;
  platform.fault(PING, { kind: 'hang' });
  platform.fault(UNREGISTER, { kind: 'reset', when: 'before' });
  const inputs = { 'registration-token': await platform.issueRegistrationToken(), timeout: '8s' };
  const job = await stage.job();
  const step = await job.runMain({ inputs });
  expect(step.outputs, step.log).toMatchObject({ findings: 'unreachable', registered: 'false' });
  expect(platform.count(UNREGISTER)).toBeGreaterThan(1);
  expect(step.log).toMatch(
    /could not be unregistered: .*The cleanup after the job retries, and removes its key/,
  );
  expect(platform.clients).toHaveLength(1);

  platform.fault(UNREGISTER, []);
  const post = await job.runPost(step);
  expect(post, post.log).toMatchObject({ exitCode: 0, annotations: [] });
  expect(platform.clients).toEqual([]);
  expect(readdirSync(job.folders.temp)).not.toContain('_github_home');
});

/** State in GITHUB_ENV that would make post remove the files and the account of others. */
function forgedState(job: Job, { credentials }: Stage) {
  const victim = path.join(job.folders.home, 'victim');
  const client = credentials.mrn.replace('serviceaccounts', 'agents');
  const file = path.join(victim, 'mondoo.yml');
  mkdirSync(victim);
  // Shared credentials that name a client.
  writeFileSync(file, JSON.stringify({ ...credentials, agent_mrn: client }));
  const config = { path: file, temporaryPath: file, isDefaultPlace: true, keyHash: '00' };
  const state = { config, keyFile: file, createdFolders: [victim], installFolders: [victim], client };
  return { victim, state };
}

describe.concurrent('post ignores state from the environment that main did not save', () => {
  test('after a main that failed early', async ({ stage }) => {
    const job = await stage.job();
    const { victim, state } = forgedState(job, stage);
    const step = await job.runMain({ inputs: { credentials: 'nonsense' } });
    expect(step.outputs.status).toBe('invalid-credentials');
    // One line of another step is enough.
    await job.runScript(`
      import { appendFileSync } from 'node:fs';
      appendFileSync(process.env.GITHUB_ENV, ${JSON.stringify(`STATE_cleanup=${JSON.stringify(state)}\n`)});`);
    const post = await job.runPost(step);
    expect(post.log).toContain('There is nothing to clean up');
    expect(readdirSync(victim)).toEqual(['mondoo.yml']);
    expect(stage.platform.count(UNREGISTER)).toBe(0);
    rmSync(victim, { recursive: true });
  });

  test('after a main that was killed before it saved anything', async ({ stage }) => {
    const job = await stage.job();
    const { victim, state } = forgedState(job, stage);
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const step = await job.runMain({ inputs, env: withDiskEvent({ at: 1, event: 'kill' }) });
    expect(step.state).toEqual({});
    const { config, keyFile, client, installFolders } = state;
    for (const forged of [state, { config }, { keyFile }, { keyFile, client }, { installFolders }]) {
      const post = await job.runPost(step, { env: { STATE_cleanup: JSON.stringify(forged) } });
      expect(post, post.log).toMatchObject({ exitCode: 0, annotations: [] });
    }
    expect(readdirSync(victim)).toEqual(['mondoo.yml']);
    expect(stage.platform.requests).toEqual([]);
    rmSync(victim, { recursive: true });
  });

  test.runIf(process.platform === 'linux')(
    'because main saves its state before it reads files of the runner',
    async ({ stage }) => {
      const job = await stage.job();
      const script = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { readFile } = fs.promises;
      fs.promises.readFile = (file, ...rest) =>
        file === '/etc/os-release' ? process.kill(process.pid, 'SIGKILL') : readFile(file, ...rest);
      syncBuiltinESMExports();`;
      const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
      const step = await job.runMain({ inputs: { credentials: JSON.stringify(stage.credentials) }, env });
      expect(step).toMatchObject({ signal: 'SIGKILL', state: { cleanup: '{}' } });
    },
  );
});
