import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { watchArguments } from '../../simulator/process-arguments.ts';
import { createJob } from '../../simulator/runner.ts';

const LINUX = process.platform === 'linux';

/** A program that starts another one, if it has an argument for it, and ends a moment later. */
const PROGRAM = `
  const [child] = process.argv.slice(1);
  if (child) require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 800)', child]);
  setTimeout(() => {}, 1000);`;

it.runIf(LINUX)('what a process and its children are called with is seen', async () => {
  const child = spawn(process.execPath, ['-e', PROGRAM, 'told-to-a-child']);
  const seen = watchArguments(child.pid);
  await once(child, 'exit');
  expect(seen()).toEqual(expect.arrayContaining([PROGRAM, 'told-to-a-child', 'setTimeout(() => {}, 800)']));
});

it('a process that is gone is called with nothing', () => {
  expect(watchArguments(undefined)()).toEqual([]);
});

it.runIf(LINUX)('a step tells what its children were called with', async () => {
  const job = await createJob();
  const step = await job.runScript(
    `import { spawnSync } from 'node:child_process';
     spawnSync(process.execPath, ['-e', 'setTimeout(() => {}, 500)', 'told-to-a-child']);`,
  );
  expect(step.arguments).toContain('told-to-a-child');
  await job.dispose();
});

it('a step tells what a program was called with that is gone at once', async () => {
  const job = await createJob({ writeDownPrograms: true });
  const step = await job.runScript(
    `import { spawn } from 'node:child_process';
     spawn(process.execPath, ['--version', 'told-to-a-child']);
     console.log(process.env.STARTED_PROGRAMS);`,
  );
  expect(step).toMatchObject({ exitCode: 0, stdout: 'undefined\n', stderr: '' });
  expect(step.arguments).toEqual(expect.arrayContaining(['--version', 'told-to-a-child']));
  expect(readdirSync(job.folders.root)).not.toContainEqual(expect.stringMatching(/^started/));
  await job.dispose();
});
