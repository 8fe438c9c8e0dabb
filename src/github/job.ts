import os from 'node:os';
import { saveState } from '@actions/core';
import type { CleanupManifest } from '../config/manifest.ts';
import { type Job, watchSignals } from '../job.ts';
import { inWords } from '../report/words.ts';
import { ActionError } from '../util/errors.ts';
import { findIdTokens } from './id-token.ts';
import { log, mask, WORDS, warn } from './log.ts';
import { missingCredentials, missingIdToken } from './missing.ts';
import { report, reportFailure } from './report.ts';
import { defaultConfigPath, STATE, watchSteps, writeCommands } from './runner-files.ts';
import { readTrigger } from './trigger.ts';

/** A job of GitHub Actions, seen from one of its steps. */
export function githubJob(env: NodeJS.ProcessEnv): Job {
  const over = new AbortController();
  // The runner sends SIGINT, 7.5 seconds later SIGTERM, and 2.5 seconds after that it kills.
  const critical = watchSignals(over);
  const hasNewStep = watchSteps(env);
  let manifest: CleanupManifest = {};
  const warnings: string[] = [];

  const findSuperseded = () =>
    hasNewStep()
      ? new ActionError(
          'runner-error',
          'The runner went on to another step while this one was still running. This happens if a job in a container is cancelled.',
          'Run the job again.',
        )
      : undefined;
  const throwIfOver = () => {
    const superseded = findSuperseded();
    if (superseded) over.abort(superseded);
    over.signal.throwIfAborted();
  };

  return {
    env,
    workspace: env.GITHUB_WORKSPACE || process.cwd(),
    temp: env.RUNNER_TEMP || undefined,
    toolCache: env.RUNNER_TOOL_CACHE || undefined,
    credentialsPlace: 'the input `credentials`',
    defaultName: [env.GITHUB_REPOSITORY, env.GITHUB_JOB].filter(Boolean).join('/') || os.hostname(),
    labels: labelsOf(env),
    signal: over.signal,
    throwIfOver,
    findSuperseded,
    critical,
    mask,
    log,
    warn(text) {
      warnings.push(inWords(text, WORDS));
      warn(text);
    },

    get manifest() {
      return manifest;
    },
    remember(change) {
      const next = { ...manifest, ...change };
      writeCommands(() => saveState(STATE, next));
      manifest = next;
      // Post may already have read it.
      const superseded = findSuperseded();
      if (superseded) throw superseded;
    },
    keepsConfig: true,
    defaultConfigPath: () => defaultConfigPath(env),
    explainMissingCredentials: async (onMissing) => missingCredentials(await readTrigger(env), onMissing, env),
    async findIdTokens(onMissing) {
      const idTokens = findIdTokens(env);
      if (!idTokens) throw missingIdToken(await readTrigger(env), onMissing);
      return idTokens;
    },
    report(result, verdict, { jobSummary }) {
      report({ ...result, warnings }, verdict, jobSummary, this);
      // Post may have run before there was anything to remove.
      throwIfOver();
    },
    reportFailure: (error, verdict) => reportFailure(error, verdict, env),
  };
}

function labelsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['repository', 'workflow', 'job', 'run-id', 'sha', 'ref'];
  const labels = names.map((name) => [`github.com/${name}`, env[`GITHUB_${name.toUpperCase().replace('-', '_')}`]]);
  return Object.fromEntries(labels.filter(([, value]) => value));
}
