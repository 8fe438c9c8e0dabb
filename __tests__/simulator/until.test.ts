import { describe, expect } from 'vitest';
import { until } from '../../simulator/until.ts';
import { test } from '../scenarios/stage.ts';

describe.concurrent('waiting for something that a step does', () => {
  test('goes on as soon as it has happened', async ({ stage }) => {
    const job = await stage.job();
    const kill = new AbortController();
    stage.platform.fault('Health/Check', { kind: 'hang' });
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const running = job.runMain({ inputs, kill: kill.signal });
    await until(() => stage.platform.count('Health/Check') > 0, running);
    kill.abort();
    expect((await running).signal).toBe('SIGKILL');
  });

  test('goes on where it was the last thing that the step did', async ({ stage }) => {
    let isOver = false;
    const running = stage.run().then((step) => {
      isOver = true;
      return step;
    });
    await until(() => isOver, running);
  });

  test('fails with the log of a step that ends first', async ({ stage }) => {
    const waiting = until(() => false, stage.run({ timeout: 'soon' }));
    await expect(waiting).rejects.toThrow(/^The step ended first, with exit code 1:\n[\s\S]*timeout/);
  });

  test('fails with the signal that ended the step first', async ({ stage }) => {
    const job = await stage.job();
    const kill = AbortSignal.abort();
    await expect(until(() => false, job.runMain({ kill }))).rejects.toThrow('ended first, by SIGKILL:');
  });

  test('fails as the step does where that cannot be started', async () => {
    await expect(until(() => false, Promise.reject(new Error('no such program')))).rejects.toThrow(
      'no such program',
    );
  });
});
