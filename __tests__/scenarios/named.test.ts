import { describe, expect } from 'vitest';
import { scenarios } from '../../simulator/scenarios.ts';
import { test } from './stage.ts';

/** The scenarios of `npm start`, with and without debug logging: the stage looks for the key in all that they tell. */
describe.each(scenarios)('the scenario $name', ({ prepare, status, exitCode }) => {
  test.for([{}, { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' }])(
    'ends as it says, and tells nothing of the key, with %j',
    async (env, { stage }) => {
      const inputs = await prepare(stage.platform);
      const { private_key: privateKey } = JSON.parse(inputs.credentials) as { private_key: string };
      stage.alsoSecret(privateKey);
      const step = await stage.run(inputs, { env });
      expect(step.outputs.status).toBe(status);
      expect(step.exitCode).toBe(exitCode);
      for (const line of privateKey.trim().split('\n')) expect(step.masks).toContain(line);
      await step.job.runPost(step, { env });
    },
  );
});
