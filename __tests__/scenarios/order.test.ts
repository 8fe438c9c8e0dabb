import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { readRecord, withDiskEvent, withDiskRecord } from '../../simulator/disk.ts';
import { releasesFor, runWithCnspec } from './cnspec/on-path.ts';
import { test } from './stage.ts';

const PING = 'AgentManager/PingPong';
const REGISTER = 'AgentManager/RegisterAgent';
const UNREGISTER = 'AgentManager/UnRegisterAgent';

describe.concurrent('no client is created by a step that fails', () => {
  test('because cnspec cannot be installed, however often it is run', async ({ stage }) => {
    const releases = await releasesFor(stage);
    releases.fault('checksums', { kind: 'answer', status: 404, body: '' });
    for (let run = 1; run <= 3; run++) {
      const step = await stage.run({ 'cnspec-version': '13.0.0', 'updates-url': releases.url });
      expect(step.outputs, step.log).toMatchObject({ status: 'cnspec-failed', registered: 'false' });
    }
    expect(stage.platform.count(REGISTER)).toBe(0);
  });

  test('because a required cnspec is missing: nothing is sent at all', async ({ stage }) => {
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

test.concurrent('a client that was created before the step failed is named, and no later step is told of it', async ({
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
  expect(step.outputs.error).toContain(`The client ${lost!.mrn} was registered before that`);
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

  test('does not end the work: refused credentials, which cnspec reports as well', async ({ stage }) => {
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

  test('ends the work if the time is up: nothing new begins, and nothing else is found', async ({
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

test.concurrent('a timeout before anything was checked is never green', async ({ stage }) => {
  const step = await stage.run({ timeout: '1ms' });
  expect(step, step.log).toMatchObject({ exitCode: 1, outputs: { status: 'unreachable' } });
  expect(step.outputs).not.toHaveProperty('config-path');
});

test.concurrent('a timeout without a finding does not stop what needs no network: mondoo.yml is published', async ({
  stage,
}) => {
  // The list of providers, on which nothing depends, takes all of the time that is left.
  const { step } = await runWithCnspec(stage, {
    inputs: { timeout: '8s', register: 'false' },
    conduct: { kind: 'without a list' },
  });
  expect(step, step.log).toMatchObject({ exitCode: 0, outputs: { status: 'ok' } });
  expect(existsSync(step.outputs['config-path']!)).toBe(true);
});

test.concurrent('a cnspec that is to be installed need not be on PATH, even if the comparison is required', async ({
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

test.concurrent('a client is unregistered over a connection and a time of its own, and by post if the platform is dead', async ({
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

test.concurrent('post ignores a state that main did not save', async ({ stage }) => {
  const job = await stage.job();
  const victim = path.join(job.folders.home, 'victim');
  mkdirSync(victim);
  writeFileSync(path.join(victim, 'mondoo.yml'), '# Written by register-cnspec\n');
  const forged = {
    config: {
      path: path.join(victim, 'mondoo.yml'),
      temporaryPath: path.join(victim, 'mondoo.yml'),
      isDefaultPlace: true,
      keyHash: '00',
    },
    keyFile: path.join(victim, 'mondoo.yml'),
    createdFolders: [victim],
    installFolders: [victim],
    client: stage.credentials.mrn.replace('serviceaccounts', 'agents'),
  };
  const step = await job.runMain({ inputs: { credentials: 'nonsense' } });
  expect(step.outputs.status).toBe('invalid-credentials');
  // One line of another step is enough.
  await job.runScript(`
    import { appendFileSync } from 'node:fs';
    appendFileSync(process.env.GITHUB_ENV, ${JSON.stringify(`STATE_cleanup=${JSON.stringify(forged)}\n`)});`);
  const post = await job.runPost(step);
  expect(post.log).toContain('There is nothing to clean up');
  expect(readdirSync(victim)).toEqual(['mondoo.yml']);
  expect(stage.platform.count(UNREGISTER)).toBe(0);
});
