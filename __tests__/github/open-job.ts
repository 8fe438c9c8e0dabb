import { onTestFinished } from 'vitest';
import { GitHubJob } from '../../src/github/job.ts';

/** Opens a job as main does, and removes its signal handlers after the test. */
export function openJob(env: NodeJS.ProcessEnv): GitHubJob {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const job = new GitHubJob(env);
  onTestFinished(() => {
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) {
        if (!before[index]!.includes(listener)) process.off(signal, listener);
      }
    }
  });
  return job;
}
