import { describe, expect } from 'vitest';
import type { Environment } from '../../simulator/runner.ts';
import { test } from './stage.ts';

/** The environment of a step whose process first runs a script. */
function withBug(script: string): Environment {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

const CRASHED = {
  title: 'register-cnspec crashed',
  message: expect.stringContaining(
    'This is a bug in the action (TypeError). Report it in the repository of the action, with these lines.',
  ),
};

// The end check of the stage searches all output for the key, and requires an empty stderr.
describe.concurrent('a bug whose error message contains the key', () => {
  test.for<[string, string]>([
    ['thrown during the work', 'URL.parse = () => { throw new TypeError(process.env.INPUT_CREDENTIALS); };'],
    [
      'thrown outside of any handler',
      'setTimeout(() => { throw new TypeError(process.env.INPUT_CREDENTIALS); }, 100);',
    ],
    [
      'as an unhandled rejection',
      'setTimeout(() => Promise.reject(new TypeError(process.env.INPUT_CREDENTIALS)), 100);',
    ],
  ])('fails the step in one annotation without the key: %s', async ([, script], { stage }) => {
    stage.platform.fault('Health/Check', [{ kind: 'delay', ms: 1000 }]);
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const step = await job.runMain({ inputs, env: withBug(script) });
    expect(step.exitCode).toBe(1);
    expect(step.annotations).toEqual([{ level: 'error', ...CRASHED }]);
    const post = await job.runPost(step);
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('causes a warning in the post step', async ({ stage }) => {
    const step = await stage.run();
    const script = `
      import path from 'node:path';
      const { isAbsolute } = path;
      path.isAbsolute = (file) => {
        if (file.endsWith('mondoo.yml')) throw new TypeError(process.env.INPUT_CREDENTIALS);
        return isAbsolute(file);
      };`;
    const post = await step.job.runPost(step, { env: withBug(script) });
    expect(post.exitCode).toBe(0);
    expect(post.annotations).toEqual([{ level: 'warning', ...CRASHED }]);
    await step.job.runPost(step);
  });

  test('is not printed at all if it is a Node warning', async ({ stage }) => {
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const script = 'setTimeout(() => process.emitWarning(process.env.INPUT_CREDENTIALS), 100);';
    stage.platform.fault('Health/Check', [{ kind: 'delay', ms: 1000 }]);
    const step = await job.runMain({ inputs, env: withBug(script) });
    expect(step).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
  });
});
