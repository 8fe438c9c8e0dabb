import { expect, test } from 'vitest';
import { startPlatform } from '../../simulator/platform.ts';
import { createJob } from '../../simulator/runner.ts';
import { scenarios } from '../../simulator/scenarios.ts';

test.concurrent.each(scenarios)('$name ends as it says', async ({ prepare, status, exitCode }) => {
  const platform = await startPlatform();
  const job = await createJob();
  const step = await job.runMain({ inputs: await prepare(platform) });
  expect(step).toMatchObject({ exitCode, outputs: { status } });
  expect(platform.unexpected).toEqual([]);
  await job.dispose();
  await platform.close();
});
