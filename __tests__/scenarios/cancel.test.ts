import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import type { Method } from '../../simulator/platform.ts';
import type { Job, Step, StepOptions } from '../../simulator/runner.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { until } from '../../simulator/until.ts';
import { type Stage, test } from './stage.ts';

const HANG = { kind: 'hang' } as const;

interface Cancelled {
  job: Job;
  step: Step;
}

/** Runs the step, and cancels the job after an event. */
async function cancelWhen(
  stage: Stage,
  happened: () => boolean,
  { inputs, ...options }: Pick<StepOptions, 'env' | 'cancelBy'> & { inputs: Record<string, string> },
): Promise<Cancelled> {
  const cancel = new AbortController();
  const job = await stage.job();
  const running = job.runMain({ inputs, ...options, cancel: cancel.signal });
  await until(happened, running);
  cancel.abort();
  return { job, step: await running };
}

/** Expects that the step ended by itself, before the runner would kill it after ten seconds. */
function expectEndedAtOnce({ step }: Cancelled, by = 'SIGINT'): void {
  expect(step).toMatchObject({ exitCode: 1, signal: null });
  expect(step.log).toContain(`→ the job was cancelled (${by})`);
  expect(step.annotations).toEqual([]);
  expect(step.env.MONDOO_CONFIG_PATH).toBeUndefined();
}

function filesLeft({ folders }: Job): string[] {
  const home = path.join(folders.temp, '_github_home');
  return existsSync(home) ? readdirSync(home, { recursive: true, encoding: 'utf8' }) : [];
}

// Windows delivers no signals.
describe.skipIf(process.platform === 'win32')('a job that is cancelled', { concurrent: true }, () => {
  test.for<Method>(['Health/Check', 'AgentManager/PingPong', 'AgentManager/RegisterAgent'])(
    'ends during %s, and leaves nothing',
    async (method, { stage }) => {
      stage.platform.fault(method, HANG);
      const inputs = { credentials: JSON.stringify(stage.credentials) };
      const cancelled = await cancelWhen(stage, () => stage.platform.count(method) > 0, { inputs });
      expectEndedAtOnce(cancelled);
      expect(filesLeft(cancelled.job)).toEqual([]);
      const post = await cancelled.job.runPost(cancelled.step);
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    },
  );

  test('ends in the same way if the first signal is SIGTERM', async ({ stage }) => {
    stage.platform.fault('AgentManager/PingPong', HANG);
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const pinged = () => stage.platform.count('AgentManager/PingPong') > 0;
    const cancelled = await cancelWhen(stage, pinged, { inputs, cancelBy: 'SIGTERM' });
    expectEndedAtOnce(cancelled, 'SIGTERM');
    expect(filesLeft(cancelled.job)).toEqual([]);
  });

  test('finishes an unregistration that has begun', async ({ stage }) => {
    const { platform } = stage;
    platform.fault('AgentManager/PingPong', { kind: 'error', code: 7, message: 'request permission denied' });
    platform.fault('AgentManager/UnRegisterAgent', { kind: 'delay', ms: 300 });
    const inputs = { 'registration-token': await platform.issueRegistrationToken() };
    const asked = () => platform.count('AgentManager/UnRegisterAgent') > 0;
    const cancelled = await cancelWhen(stage, asked, { inputs });
    const post = await cancelled.job.runPost(cancelled.step);
    expect(post.annotations).toEqual([]);
    expect(platform.count('AgentManager/UnRegisterAgent')).toBe(1);
    expect(platform.clients).toEqual([]);
    expect(filesLeft(cancelled.job)).toEqual([]);
  });

  test('registers nothing if the health check is still running', async ({ stage }) => {
    const { platform } = stage;
    platform.fault('Health/Check', HANG);
    const inputs = { 'registration-token': await platform.issueRegistrationToken() };
    const cancelled = await cancelWhen(stage, () => platform.count('Health/Check') > 0, { inputs });
    expectEndedAtOnce(cancelled);
    expect(cancelled.step.log).not.toContain('registering the client');
    expect(platform.count('AgentManager/RegisterAgent')).toBe(0);
    const post = await cancelled.job.runPost(cancelled.step);
    expect(post.annotations).toEqual([]);
  });

  test('ends while it waits for a retry', async ({ stage }) => {
    const busy = { kind: 'error', code: 8, message: 'busy', headers: { 'retry-after': '600' } } as const;
    stage.platform.fault('Health/Check', busy);
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const cancelled = await cancelWhen(stage, () => stage.platform.requests[0]?.status === 429, { inputs });
    expectEndedAtOnce(cancelled);
    expect(filesLeft(cancelled.job)).toEqual([]);
  });

  test.for(['GitHub', 'the platform'])(
    'ends while it requests an identity from %s',
    async (asked, { stage }) => {
      const idTokens = stage.until(await startIdTokenService());
      const { issuer, publicKey, env } = idTokens;
      stage.platform.trust({ issuer, publicKey, audience: SPACE });
      if (asked === 'GitHub') idTokens.fault(HANG);
      stage.platform.fault('SecureTokenService/ExchangeExternalToken', HANG);
      const requests = () => (asked === 'GitHub' ? idTokens.requests : stage.platform.requests).length;
      const inputs = { credentials: JSON.stringify(workloadIdentity(stage.platform.endpoint, idTokens)) };
      const cancelled = await cancelWhen(stage, () => requests() > 0, { inputs, env });
      expectEndedAtOnce(cancelled);
      expect(filesLeft(cancelled.job)).toEqual([]);
    },
  );

  test('waits briefly for a client that is being minted', async ({ stage }) => {
    const { platform } = stage;
    platform.fault('AgentManager/RegisterAgent', { kind: 'delay', ms: 100 });
    const inputs = { 'registration-token': await platform.issueRegistrationToken() };
    const cancelled = await cancelWhen(stage, () => platform.count('AgentManager/RegisterAgent') > 0, {
      inputs,
    });
    expectEndedAtOnce(cancelled);
    const isMinted = cancelled.step.log.includes('The cleanup after the job unregisters the client');
    const post = await cancelled.job.runPost(cancelled.step);
    // On a busy runner the wait ends before the response, and post can only name the client.
    expect(post.annotations).toHaveLength(isMinted ? 0 : 1);
    expect(platform.clients).toHaveLength(isMinted ? 0 : 1);
    expect(filesLeft(cancelled.job)).toEqual([]);
  });

  test('does not wait long for a client that is being minted, and post names it', async ({ stage }) => {
    const { platform } = stage;
    platform.fault('AgentManager/RegisterAgent', HANG);
    const inputs = { 'registration-token': await platform.issueRegistrationToken() };
    const cancelled = await cancelWhen(stage, () => platform.count('AgentManager/RegisterAgent') > 0, {
      inputs,
    });
    expectEndedAtOnce(cancelled);
    const post = await cancelled.job.runPost(cancelled.step);
    expect(post.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringContaining('has a client named `lunalectric/website/scan` that'),
      },
    ]);
    expect(filesLeft(cancelled.job)).toEqual([]);
  });

  test('leaves a minted client to post, with the key that post needs', async ({ stage }) => {
    const { platform } = stage;
    platform.fault('AgentManager/PingPong', HANG);
    const inputs = { 'registration-token': await platform.issueRegistrationToken() };
    const cancelled = await cancelWhen(stage, () => platform.count('AgentManager/PingPong') > 0, { inputs });
    expectEndedAtOnce(cancelled);
    expect(cancelled.step.log).toContain('The cleanup after the job unregisters the client');
    expect(platform.clients).toHaveLength(1);

    await cancelled.job.runPost(cancelled.step);
    expect(platform.clients).toEqual([]);
    expect(platform.serviceAccounts).toEqual([stage.credentials.mrn]);
    expect(filesLeft(cancelled.job)).toEqual([]);
  });
});
