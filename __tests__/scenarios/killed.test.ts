import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { parse } from 'yaml';
import { startPlatform } from '../../simulator/platform.ts';
import { createJob, type Step } from '../../simulator/runner.ts';
import { type Stage, test } from './stage.ts';

/** How often a step is ended in each way: a dozen times in every run of the tests, a hundred times by `npm run soak`. */
const TIMES = Number(process.env.SOAK ?? 12);

/** How late a step is ended at the most, in parts of what one takes alone: several run at once, and take longer. */
const LATEST = 2.5;

/** How long a step takes on this machine, alone, in milliseconds. */
let usual = 0;

beforeAll(async () => {
  const [platform, job] = await Promise.all([startPlatform(), createJob()]);
  const credentials = JSON.stringify(await platform.mint());
  usual = (await job.runMain({ inputs: { credentials } })).durationMs;
  await Promise.all([platform.close(), job.dispose()]);
});

const WAYS = ['credentials', 'registration-token'] as const;
const ENDS = process.platform === 'win32' ? (['kill'] as const) : (['kill', 'cancel'] as const);

/** How many steps had come how far when they were ended. */
const reached = { nothing: 0, prepared: 0, written: 0, through: 0 };

describe.each(WAYS)('a step with %s that is ended at any moment', (way) => {
  describe.each(ENDS)('by %s', (end) => {
    // Moments that were drawn, not the clock's: a failure names its own. All are as likely: of all numbers that a
    // double can be, nearly every one is as good as zero.
    const moments = fc.sample(fc.noBias(fc.integer({ min: 0, max: 1000 * LATEST })), TIMES);
    describe.concurrent('leaves nothing of its own after post, and all of others', () => {
      test.for(moments.map((moment, index) => [index, moment] as const))(
        '%d: after %d thousandths of its time',
        async ([, moment], { stage }) => {
          const { platform } = stage;
          const job = await stage.job();
          const home = path.join(job.folders.temp, '_github_home', '.config');
          const theirs = path.join(home, 'other', 'their.yml');
          mkdirSync(path.dirname(theirs), { recursive: true });
          writeFileSync(theirs, 'theirs');

          const value =
            way === 'credentials'
              ? JSON.stringify(stage.credentials)
              : await platform.issueRegistrationToken();
          const ending = new AbortController();
          const running = job.runMain({ inputs: { [way]: value }, [end]: ending.signal });
          await sleep((moment / 1000) * usual);
          ending.abort();
          const step = await running;
          expectWholeOrNone(path.join(home, 'mondoo'), step);

          const post = await job.runPost(step);
          expect(post.exitCode).toBe(0);
          expect(readdirSync(home, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
            'other',
            path.join('other', 'their.yml'),
          ]);
          expect(readFileSync(theirs, 'utf8')).toBe('theirs');
          if (way === 'registration-token') expectNoneLost(stage, post);
        },
      );
    });
  });
});

afterAll(() => {
  // Moments that are all too early or too late would prove nothing.
  const { nothing, prepared, written, through } = reached;
  expect(Math.min(nothing + prepared, written + through), JSON.stringify(reached)).toBeGreaterThan(0);
});

/** Expects that a file, where there is one, is all of mondoo.yml. */
function expectWholeOrNone(folder: string, step: Step): void {
  const file = path.join(folder, 'mondoo.yml');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (step.exitCode === 0) reached.through++;
  else if (names.includes('mondoo.yml') || step.state['minted-client']) reached.written++;
  else if (step.state['mondoo-config']) reached.prepared++;
  else reached.nothing++;
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

/** Expects that a client that is still there is named in a warning: it was minted in the very moment of the end. */
function expectNoneLost({ platform }: Stage, post: Step): void {
  for (const { mrn, name } of platform.clients) {
    const warnings = post.annotations.map(({ message }) => message).join('\n');
    expect(warnings.includes(mrn) || warnings.includes(name), `nobody knows of ${mrn}`).toBe(true);
  }
}
