import { describe, expect } from 'vitest';
import { scenarios } from '../../simulator/scenarios.ts';
import { test } from './stage.ts';

const DEBUG = { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' };

/** The scenarios of `npm start`, with debug logging. The stage searches all their output for secrets. */
describe.concurrent.each(scenarios)('the scenario $name', ({ prepare, status, exitCode, needsJob }) => {
  test('ends as described, and prints nothing of the key', async ({ stage }) => {
    const { secrets } = stage.platform;
    const before = secrets.length;
    const { inputs, job = {}, idTokens, releases } = await prepare(stage.platform);
    // A scenario that is served without a job is fully described by its credentials.
    if (!needsJob) expect([Boolean(inputs.credentials), job, releases]).toEqual([true, {}, undefined]);
    if (idTokens) stage.until(idTokens);
    if (releases) stage.until(releases);
    const env = { ...job.env, ...DEBUG };
    const step = await stage.run({ credentials: '', ...inputs }, { ...job, env });
    expect(step.outputs.status, step.log).toBe(status);
    expect(step.exitCode).toBe(exitCode);
    for (const secret of [...secrets.slice(before), ...(idTokens?.tokens ?? [])]) {
      const lines = secret.trim().split('\n');
      // Of truncated credentials, only the existing part.
      const given = lines.filter(
        (line) => !inputs.credentials?.includes('private_key') || inputs.credentials.includes(line),
      );
      for (const line of given) expect(step.masks).toContain(line);
    }
    await step.job.runPost(step, { env });
  });
});
