import { setTimeout as sleep } from 'node:timers/promises';
import { test as base, expect } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { bearerOf } from '../../simulator/compact-jwt.ts';
import { type Platform, type PlatformOptions, startPlatform } from '../../simulator/platform.ts';
import { createJob, type Job, type JobOptions, type Step, type StepOptions } from '../../simulator/runner.ts';
import { type InPlay, leaksBelow, leaksOf, leaksOfScript } from './leaks.ts';

/** A Mondoo Platform and a runner for one scenario, with checks at its end that apply to every scenario. */
export interface Stage {
  platform: Platform;
  /** The service account that `run` passes on, which has the role Agent on the platform. */
  credentials: Credentials;
  /** Starts a job; there can be several. */
  job(options?: JobOptions): Promise<Job>;
  /**
   * Runs the built action in a new job, with `credentials` unless there are other inputs. To end a step, or to start it
   * in another way, use `job`.
   */
  run(inputs?: Record<string, string>, options?: JobOptions & Pick<StepOptions, 'timeoutMs'>): Promise<Ran>;
  /** Starts another platform, with its own service account. */
  another(options: PlatformOptions): Promise<Pick<Stage, 'platform' | 'credentials'>>;
  /** Keeps a server running until the scenario ends, and then searches for its secrets, if it has any. */
  until<T extends Other>(started: T): T;
  /** Adds secrets that the end check can't know. */
  alsoSecret(secrets: readonly string[]): void;
}

/** A server other than the platform. */
interface Other {
  /** The list may grow while it runs. */
  readonly secrets?: readonly string[];
  close(): Promise<unknown>;
}

/** A finished main step, and its job. */
export interface Ran extends Step {
  job: Job;
}

export const test = base.extend<{ stage: Stage }>({
  stage: async ({ signal: timedOut }, use) => {
    const platforms: Platform[] = [];
    const secrets: (readonly string[])[] = [];
    const others: Other[] = [];
    const jobs: Job[] = [];
    const watched: { step: Step; look: typeof leaksOf }[] = [];
    const running = new Set<Promise<Step>>();
    const ended = new AbortController();

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
      const started = await createJob({ ...options, recordPrograms: true });
      const watch = async <Options extends StepOptions>(
        look: typeof leaksOf,
        { kill, ...stepOptions }: Options,
        given: unknown,
        start: (options: Options) => Promise<Step>,
      ) => {
        const signals = [timedOut, ended.signal, ...(kill ? [kill] : [])];
        const step = start({ ...stepOptions, kill: AbortSignal.any(signals) } as Options);
        running.add(step);
        await step.finally(() => running.delete(step));
        watched.push({ step: await step, look });
        secrets.push(passwordsIn([stepOptions, given, options]));
        return step;
      };
      jobs.push(started);
      return {
        ...started,
        runMain: (options = {}) => watch(leaksOf, options, undefined, started.runMain),
        runPost: (main, options = {}) =>
          watch(leaksOf, options, main, (watched) => started.runPost(main, watched)),
        runScript: (script, options = {}) =>
          watch(leaksOfScript, options, script, (watched) => started.runScript(script, watched)),
      };
    };
    const run: Stage['run'] = async (inputs = {}, { timeoutMs, ...options } = {}) => {
      const inJob = await job(options);
      const step = await inJob.runMain({
        inputs: { credentials: JSON.stringify(credentials, null, 2), ...inputs },
        ...(timeoutMs !== undefined && { timeoutMs }),
      });
      return { ...step, job: inJob };
    };

    const alsoSecret: Stage['alsoSecret'] = (more) => secrets.push(more);
    await use({ platform, credentials, job, run, another, until, alsoSecret });

    try {
      // If a test timed out or failed early, its steps may still run.
      ended.abort();
      await Promise.race([Promise.allSettled(running), sleep(5000)]);
      if (timedOut.aborted) return;
      const unexpected = platforms.flatMap((started) => started.unexpected);
      expect(unexpected, 'requests that no method of the platform takes').toEqual([]);
      const ofOthers = others.flatMap((started) => started.secrets ?? []);
      const inPlay: InPlay = {
        secrets: [...new Set([...secrets.flat(), ...ofOthers, ...platforms.flatMap(requestTokensOf)])],
        certificates: platforms.flatMap((started) => started.certificates),
      };
      for (const { step, look } of watched) {
        expect(look(step, inPlay), 'secrets that a step exposed').toEqual([]);
      }
      const states = watched.map(({ step }) => step.state);
      for (const { folders, onHost } of jobs) {
        expect(await leaksBelow(folders.root, inPlay, states, onHost), 'secrets in files').toEqual([]);
      }
    } finally {
      await Promise.all(jobs.map((ran) => ran.dispose()));
      await Promise.all([...others, ...platforms].map((started) => started.close()));
    }
  },
});

/** The request tokens of the steps: valid for a minute, for anyone who has them. */
function requestTokensOf({ requests }: Platform): string[] {
  return requests.flatMap(({ headers }) => bearerOf(headers.authorization) ?? []);
}

/** Finds the passwords of the step's proxies: decoded, URL-encoded, and in the sent header. */
function passwordsIn(given: unknown): string[] {
  const logins = JSON.stringify(given).matchAll(/\/\/([^/:@"\\]*):([^/@"\\]+)@/g);
  return [...logins].flatMap(([, user = '', password = '']) => [
    password,
    decoded(password),
    Buffer.from(`${decoded(user)}:${decoded(password)}`).toString('base64'),
  ]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
