import { test as base, expect } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { type Platform, startPlatform } from '../../simulator/platform.ts';
import { createJob, type Job, type JobOptions, type Step, type StepOptions } from '../../simulator/runner.ts';
import { expectNoLeak } from './leaks.ts';

/** A Mondoo Platform and a runner for one scenario; what must hold in every scenario is checked at its end. */
export interface Stage {
  platform: Platform;
  /** The service account that `run` passes on, known to the platform with the role Agent. */
  credentials: Credentials;
  /** Starts a job; there can be several. */
  job(options?: JobOptions): Promise<Job>;
  /** Runs the built action in a fresh job, with `credentials` unless there are other inputs. */
  run(inputs?: Record<string, string>, options?: JobOptions & Omit<StepOptions, 'inputs'>): Promise<Ran>;
  /** Tells the end check of keys that are in play beside that of `credentials`. */
  alsoSecret(...keys: string[]): void;
}

/** A main step that ran, and the job that it belongs to. */
export interface Ran extends Step {
  job: Job;
}

export const test = base.extend<{ stage: Stage }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  stage: async ({}, use) => {
    const platform = await startPlatform();
    const credentials = await platform.mint();
    const keys = [credentials.private_key];
    const jobs: Job[] = [];
    const steps: Step[] = [];

    const job: Stage['job'] = async (options) => {
      const started = await createJob(options);
      const watch =
        <Arguments extends unknown[]>(run: (...args: Arguments) => Promise<Step>) =>
        async (...args: Arguments) => {
          const step = await run(...args);
          steps.push(step);
          return step;
        };
      jobs.push(started);
      return { ...started, runMain: watch(started.runMain), runPost: watch(started.runPost) };
    };
    const run: Stage['run'] = async (inputs = {}, options = {}) => {
      const inJob = await job(options);
      const step = await inJob.runMain({
        inputs: { credentials: JSON.stringify(credentials, null, 2), ...inputs },
        ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
      });
      return { ...step, job: inJob };
    };

    await use({ platform, credentials, job, run, alsoSecret: (...more) => keys.push(...more) });

    expect(platform.unexpected, 'requests that no method of the platform takes').toEqual([]);
    for (const step of steps) {
      expect(step.stderr, 'stderr, which the runner may show before a mask takes effect').toBe('');
      for (const key of keys) expectNoLeak(step, key);
    }
    await Promise.all(jobs.map((ended) => ended.dispose()));
    await platform.close();
  },
});
