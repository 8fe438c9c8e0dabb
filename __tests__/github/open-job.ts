import { onTestFinished } from 'vitest';
import { githubJob } from '../../src/github/job.ts';
import type { Job } from '../../src/job.ts';

/** Opens a job as main does, and removes its signal handlers after the test. */
export function openJob(env: NodeJS.ProcessEnv): Job {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const job = githubJob(env);
  onTestFinished(() => {
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) {
        if (!before[index]!.includes(listener)) process.off(signal, listener);
      }
    }
  });
  return job;
}
