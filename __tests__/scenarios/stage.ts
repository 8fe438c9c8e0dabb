import { test as base, expect } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { type Platform, type PlatformOptions, startPlatform } from '../../simulator/platform.ts';
import { createJob, type Job, type JobOptions, type Step, type StepOptions } from '../../simulator/runner.ts';
import { type InPlay, leaksBelow, leaksOf, leaksOfScript } from './leaks.ts';

/** A Mondoo Platform and a runner for one scenario; what must hold in every scenario is checked at its end. */
export interface Stage {
  platform: Platform;
  /** The service account that `run` passes on, known to the platform with the role Agent. */
  credentials: Credentials;
  /** Starts a job; there can be several. */
  job(options?: JobOptions): Promise<Job>;
  /** Runs the built action in a fresh job, with `credentials` unless there are other inputs. */
  run(inputs?: Record<string, string>, options?: JobOptions & Omit<StepOptions, 'inputs'>): Promise<Ran>;
  /** Starts another platform, with a service account that it knows. */
  another(options: PlatformOptions): Promise<Pick<Stage, 'platform' | 'credentials'>>;
  /** Lets something else run until the scenario ends. */
  until<T extends { close(): Promise<unknown> }>(started: T): T;
  /** Tells the end check of secrets beside those of the platforms; more may be added to the list until then. */
  alsoSecret(secrets: readonly string[]): void;
}

/** A main step that ran, and the job that it belongs to. */
export interface Ran extends Step {
  job: Job;
}

export const test = base.extend<{ stage: Stage }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  stage: async ({}, use) => {
    const platforms: Platform[] = [];
    const secrets: (readonly string[])[] = [];
    const others: { close(): Promise<unknown> }[] = [];
    const jobs: Job[] = [];
    const watched: { step: Step; look: typeof leaksOf }[] = [];

    const another: Stage['another'] = async (options) => {
      const platform = await startPlatform(options);
      platforms.push(platform);
      secrets.push(platform.secrets);
      return { platform, credentials: await platform.mint() };
    };
    const until: Stage['until'] = (started) => {
      others.push(started);
      return started;
    };
    const { platform, credentials } = await another({});

    const job: Stage['job'] = async (options) => {
      const started = await createJob({ ...options, writeDownPrograms: true });
      const watch =
        <Arguments extends unknown[]>(run: (...args: Arguments) => Promise<Step>, look: typeof leaksOf) =>
        async (...args: Arguments) => {
          const step = await run(...args);
          watched.push({ step, look });
          secrets.push(passwordsIn([args, options]));
          return step;
        };
      jobs.push(started);
      return {
        ...started,
        runMain: watch(started.runMain, leaksOf),
        runPost: watch(started.runPost, leaksOf),
        runScript: watch(started.runScript, leaksOfScript),
      };
    };
    const run: Stage['run'] = async (inputs = {}, options = {}) => {
      const inJob = await job(options);
      const step = await inJob.runMain({
        inputs: { credentials: JSON.stringify(credentials, null, 2), ...inputs },
        ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
        ...(options.kill && { kill: options.kill }),
      });
      return { ...step, job: inJob };
    };

    const alsoSecret: Stage['alsoSecret'] = (more) => secrets.push(more);
    await use({ platform, credentials, job, run, another, until, alsoSecret });

    const unexpected = platforms.flatMap((started) => started.unexpected);
    expect(unexpected, 'requests that no method of the platform takes').toEqual([]);
    const inPlay: InPlay = {
      secrets: [...new Set(secrets.flat())],
      certificates: platforms.flatMap((started) => started.certificates),
    };
    for (const { step, look } of watched) {
      expect(look(step, inPlay), 'secrets that a step has told').toEqual([]);
    }
    const states = watched.map(({ step }) => step.state);
    for (const { folders, onHost } of jobs) {
      expect(await leaksBelow(folders.root, inPlay, states, onHost), 'secrets in files').toEqual([]);
    }
    await Promise.all(jobs.map((ended) => ended.dispose()));
    await Promise.all([...others, ...platforms].map((started) => started.close()));
  },
});

/** Finds the passwords of the proxies that a step is told of, as they are meant and URL-encoded. */
function passwordsIn(told: unknown): string[] {
  return [...JSON.stringify(told).matchAll(/\/\/[^/:@"\\]*:([^/@"\\]+)@/g)].flatMap(([, password = '']) => {
    try {
      return [password, decodeURIComponent(password)];
    } catch {
      return [password];
    }
  });
}
