import { describe, expect } from 'vitest';
import type { Environment } from '../../simulator/runner.ts';
import { test } from './stage.ts';

/** The environment of a step in whose process a script runs before its own code. */
function withMistake(script: string): Environment {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

const CRASHED = {
  title: 'register-cnspec crashed',
  message: expect.stringContaining('This is a bug in the action (TypeError). Please report it.'),
};

// The end check of the stage looks for the key in all that was told, and for anything at all on stderr.
describe.concurrent('a mistake of its own, whose text is the key', () => {
  test.for<[string, string]>([
    ['thrown while it works', 'URL.parse = () => { throw new TypeError(process.env.INPUT_CREDENTIALS); };'],
    [
      'thrown where nobody catches it',
      'setTimeout(() => { throw new TypeError(process.env.INPUT_CREDENTIALS); }, 100);',
    ],
    [
      'that rejects where nobody waits for it',
      'setTimeout(() => Promise.reject(new TypeError(process.env.INPUT_CREDENTIALS)), 100);',
    ],
  ])('fails the step in one annotation without it: %s', async ([, script], { stage }) => {
    stage.platform.fault('Health/Check', [{ kind: 'delay', ms: 1000 }]);
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const step = await job.runMain({ inputs, env: withMistake(script) });
    expect(step.exitCode).toBe(1);
    expect(step.annotations).toEqual([{ level: 'error', ...CRASHED }]);
    const post = await job.runPost(step);
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('is a warning in the post step', async ({ stage }) => {
    const step = await stage.run();
    const script = `
      const { parse } = JSON;
      JSON.parse = (text, ...more) => {
        if (text.includes('createdFolders')) throw new TypeError(process.env.INPUT_CREDENTIALS);
        return parse(text, ...more);
      };`;
    const post = await step.job.runPost(step, { env: withMistake(script) });
    expect(post.exitCode).toBe(0);
    expect(post.annotations).toEqual([{ level: 'warning', ...CRASHED }]);
    await step.job.runPost(step);
  });

  test('that only warns is not told at all', async ({ stage }) => {
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const script = 'setTimeout(() => process.emitWarning(process.env.INPUT_CREDENTIALS), 100);';
    stage.platform.fault('Health/Check', [{ kind: 'delay', ms: 1000 }]);
    const step = await job.runMain({ inputs, env: withMistake(script) });
    expect(step).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
  });
});
