import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect } from 'vitest';
import { parse } from 'yaml';
import { withDiskEvent } from '../../simulator/disk.ts';
import type { Job, Step } from '../../simulator/runner.ts';
import { DRAWN, drawn } from './drawn.ts';
import { type Stage, test } from './stage.ts';
import { inputsOf, putTheirs, usualSteps } from './usual-step.ts';

/** How many random moments each method and signal is tested at: more in `npm run soak`. */
const TIMES = Number(process.env.SOAK ?? 1);

/** How many file operations of each method `npm test` draws. */
const SOME = 4;

/** The latest end of a step, in percent of its usual duration: several run at once, and take longer. */
const LATEST = 250;

const STEPS = await usualSteps();

/** A job whose step is ended, with an unrelated file beside its own. */
async function jobOfStep(
  stage: Stage,
): Promise<{ job: Job; expectNothingLeft: (step: Step) => Promise<void> }> {
  const job = await stage.job();
  const { home, theirs } = putTheirs(job);
  return {
    job,
    expectNothingLeft: async (step) => {
      expectWholeOrNone(path.join(home, 'mondoo'));
      const post = await job.runPost(step);
      expect(post.exitCode).toBe(0);
      expect(readdirSync(home, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
        'other',
        path.join('other', 'their.yml'),
      ]);
      expect(readFileSync(theirs, 'utf8')).toBe('theirs');
      if ('registration-token' in step.inputs) expectNoneLost(stage, post);
    },
  };
}

describe.for(STEPS)(
  `a step with $method that is ended before a file operation (${DRAWN})`,
  ({ method, operations }) => {
    // The key file is written twice: first reserved, then with the key.
    const [, keyWritten = 0] = operations.filter(([name]) => name.startsWith('writeSync'))[1] ?? [];
    describe.concurrent('by SIGKILL: post removes everything', () => {
      test.for(drawn(operations, SOME))('%s (%d)', async ([, at], { stage }) => {
        const { job, expectNothingLeft } = await jobOfStep(stage);
        const inputs = await inputsOf(method, stage);
        const step = await job.runMain({ inputs, env: withDiskEvent({ at, event: 'kill' }) });
        expect(step.signal).toBe('SIGKILL');
        await expectNothingLeft(step);
        // Once its key is saved, the client can be unregistered.
        if (method === 'registration-token' && at > keyWritten) expect(stage.platform.clients).toEqual([]);
      });
    });

    // Windows delivers no signals.
    describe.skipIf(process.platform === 'win32').concurrent('by SIGINT: it removes everything', () => {
      test.for(drawn(operations, SOME))('%s (%d)', async ([name, at], { stage }) => {
        const { job, expectNothingLeft } = await jobOfStep(stage);
        const inputs = await inputsOf(method, stage);
        const step = await job.runMain({ inputs, env: withDiskEvent({ at, event: 'interrupt' }) });
        const folder = path.join(job.folders.temp, '_github_home', '.config', 'mondoo');
        if (step.exitCode === 0) {
          // The signal came while the step was reporting: its files remain until post.
          expect(name).toMatch(/^appendFileSync of (?:step_summary|set_output|set_env)/);
          expect(step.outputs).toMatchObject({ status: 'ok', 'config-path': step.env.MONDOO_CONFIG_PATH });
          expect(readdirSync(folder)).toContain('mondoo.yml');
        } else {
          expect(step).toMatchObject({ exitCode: 1, signal: null, outputs: {}, env: {}, summary: '' });
          expect(step.log.match(/→ the job was cancelled \(SIGINT\)/g)).toHaveLength(1);
          const isLeftToPost = step.state.cleanup?.includes('"client":');
          if (!isLeftToPost) expect(existsSync(folder)).toBe(false);
        }
        await expectNothingLeft(step);
        if (method === 'registration-token') expect(stage.platform.clients).toEqual([]);
      });
    });
  },
);

/** How many steps had reached which point when they ended. */
const reached = { nothing: 0, prepared: 0, written: 0, through: 0 };

const ENDS = process.platform === 'win32' ? (['kill'] as const) : (['kill', 'cancel'] as const);

describe.for(STEPS)('a step with $method that is ended at any moment', ({ method, durationMs }) => {
  describe.each(ENDS)('by %s', (end) => {
    // Drawn, so that a failure names its moment; integers, because drawn doubles are nearly always close to zero.
    const moments = fc.sample(fc.noBias(fc.integer({ min: 0, max: LATEST })), TIMES);
    describe.concurrent('leaves no file of its own after post, and does not touch others', () => {
      test.for(moments.map((moment, index) => [index, moment] as const))(
        '%d: after %d hundredths of its duration',
        async ([, moment], { stage }) => {
          const { job, expectNothingLeft } = await jobOfStep(stage);
          const inputs = await inputsOf(method, stage);
          const ending = new AbortController();
          const running = job.runMain({ inputs, [end]: ending.signal });
          await sleep((moment / 100) * durationMs);
          ending.abort();
          const step = await running;
          if (step.exitCode === 0) reached.through++;
          else if (step.state.cleanup?.includes('keyHash')) reached.written++;
          else if (step.state.cleanup?.includes('config')) reached.prepared++;
          else reached.nothing++;
          await expectNothingLeft(step);
        },
      );
    });
  });
});

afterAll(() => {
  // If all moments were too early or too late, the test would prove nothing; a few can be so by chance.
  const { nothing, prepared, written, through } = reached;
  if (!process.env.SOAK) return;
  expect(Math.min(nothing + prepared, written + through), JSON.stringify(reached)).toBeGreaterThan(0);
});

/** Expects that a file, if it exists, is a complete mondoo.yml. */
function expectWholeOrNone(folder: string): void {
  const file = path.join(folder, 'mondoo.yml');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (process.platform !== 'win32' && existsSync(folder)) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of names) expect(statSync(path.join(folder, name)).mode & 0o777, name).toBe(0o600);
  }
  if (!existsSync(file)) return;
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^# Written by register-cnspec/);
  expect(parse(text)).toMatchObject({
    mrn: expect.any(String),
    private_key: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n[\s\S]*\n-----END PRIVATE KEY-----\n$/),
    agent_mrn: expect.any(String),
  });
}

/** Expects that a remaining client is named in a warning: it was minted at the moment of the end. */
function expectNoneLost({ platform }: Stage, post: Step): void {
  for (const { mrn, name } of platform.clients) {
    const warnings = post.annotations.map(({ message }) => message).join('\n');
    expect(warnings.includes(mrn) || warnings.includes(name), `nobody knows of ${mrn}`).toBe(true);
  }
}
