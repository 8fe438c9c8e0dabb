import os from 'node:os';
import { saveState } from '@actions/core';
import type { CleanupManifest } from '../config/manifest.ts';
import type { IdTokens } from '../credentials/external-account.ts';
import type { Inputs } from '../inputs.ts';
import { type Job, JobCancelled } from '../job.ts';
import type { Result } from '../status/result.ts';
import type { Gate, Verdict } from '../status/verdict.ts';
import { ActionError } from '../util/errors.ts';
import { hasNewStep, stateFiles, writeCommands } from './command-files.ts';
import { findIdTokens } from './id-token.ts';
import { defaultConfigPath } from './location.ts';
import { log, mask, warn } from './log.ts';
import { type MissingContext, missingCredentials, missingIdToken } from './missing.ts';
import { report, reportFailure } from './report.ts';
import { STATE } from './state.ts';
import { readTrigger } from './trigger.ts';

/** How the runner cancels a step: SIGINT, 7.5 seconds later SIGTERM, and 2.5 seconds after that it kills. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** How long a cancelled step still waits for work that would be lost halfway, in milliseconds. */
const GRACE = 800;

/** A job of GitHub Actions, seen from one of its steps. */
export class GitHubJob implements Job {
  readonly env: NodeJS.ProcessEnv;
  readonly workspace: string;
  readonly temp: string | undefined;
  readonly toolCache: string | undefined;
  readonly labels: Record<string, string>;
  readonly defaultName: string;
  readonly log = log;
  readonly warn = warn;
  readonly mask = mask;
  manifest: CleanupManifest = {};
  private readonly over = new AbortController();
  private readonly grace = new AbortController();
  private readonly filesAtStart: readonly string[];

  constructor(env: NodeJS.ProcessEnv) {
    this.env = env;
    this.workspace = env.GITHUB_WORKSPACE || process.cwd();
    this.temp = env.RUNNER_TEMP || undefined;
    this.toolCache = env.RUNNER_TOOL_CACHE || undefined;
    this.labels = labelsOf(env);
    const { GITHUB_REPOSITORY, GITHUB_JOB } = env;
    this.defaultName = [GITHUB_REPOSITORY, GITHUB_JOB].filter(Boolean).join('/') || os.hostname();
    this.filesAtStart = stateFiles(env);
    // A second signal changes nothing.
    for (const signal of SIGNALS) process.on(signal, () => this.cancel(signal));
  }

  get signal(): AbortSignal {
    return this.over.signal;
  }

  throwIfOver(): void {
    const superseded = this.findSuperseded();
    if (superseded) this.over.abort(superseded);
    this.signal.throwIfAborted();
  }

  findSuperseded(): ActionError | undefined {
    if (!hasNewStep(this.filesAtStart, this.env)) return undefined;
    return new ActionError(
      'runner-error',
      'The runner has gone on to another step of the job while this one was still running.',
      'A job in a container that is cancelled ends like this: run it again.',
    );
  }

  critical<T>(work: (grace: AbortSignal) => Promise<T>): Promise<T> {
    return work(this.grace.signal);
  }

  remember = (change: CleanupManifest): void => {
    const manifest = { ...this.manifest, ...change };
    writeCommands(() => saveState(STATE, manifest));
    this.manifest = manifest;
    // Post may have read it before.
    const superseded = this.findSuperseded();
    if (superseded) throw superseded;
  };

  forget(part: keyof CleanupManifest): void {
    this.manifest = { ...this.manifest, [part]: undefined };
    try {
      saveState(STATE, this.manifest);
    } catch {
      // Post looks for what is gone.
    }
  }

  defaultConfigPath(): string {
    return defaultConfigPath(this.env);
  }

  async explainMissingCredentials(onMissing: Inputs['onMissingCredentials']): Promise<ActionError> {
    return missingCredentials(await this.missingContext(onMissing));
  }

  async findIdTokens(onMissing: Inputs['onMissingCredentials']): Promise<IdTokens> {
    const idTokens = findIdTokens(this.env);
    if (!idTokens) throw missingIdToken(await this.missingContext(onMissing));
    return idTokens;
  }

  report(result: Result, verdict: Verdict, gate: Pick<Gate, 'jobSummary'>): void {
    report(result, verdict, gate, this.env);
    // Post may have come before there was anything to take away.
    this.throwIfOver();
  }

  reportFailure(error: ActionError, verdict: Verdict): void {
    reportFailure(error, verdict, this.env);
  }

  private async missingContext(onMissingCredentials: Inputs['onMissingCredentials']): Promise<MissingContext> {
    return { trigger: await readTrigger(this.env), env: this.env, onMissingCredentials };
  }

  private cancel(signal: NodeJS.Signals): void {
    if (this.signal.aborted) return;
    this.over.abort(new JobCancelled(signal));
    setTimeout(() => this.grace.abort(), GRACE).unref();
  }
}

function labelsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const labels = {
    'github.com/repository': env.GITHUB_REPOSITORY,
    'github.com/workflow': env.GITHUB_WORKFLOW,
    'github.com/job': env.GITHUB_JOB,
    'github.com/run-id': env.GITHUB_RUN_ID,
    'github.com/sha': env.GITHUB_SHA,
    'github.com/ref': env.GITHUB_REF,
  };
  return Object.fromEntries(Object.entries(labels).filter((label): label is [string, string] => Boolean(label[1])));
}
