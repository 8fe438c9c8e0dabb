import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJob, type Environment, type Job } from '../simulator/runner.ts';

export interface Subject {
  name: string;
  /**
   * Runs it once.
   * @param env more variables for it
   * @returns how long it took, in milliseconds
   */
  run(env?: Environment): Promise<number>;
}

export const bareNode: Subject = { name: 'node -e 0', run: (env) => runBareNode(env) };

export const stepWithoutInputs: Subject = {
  name: 'the step with no inputs',
  run: (env) => inJob(env, async (job) => (await job.runMain()).durationMs),
};

/** The step of a usual workflow, which registers a client. */
export function wholeStep(credentials: string, env: Environment = {}): Subject {
  return {
    name: 'the whole step',
    run: (more) =>
      inJob({ ...env, ...more }, async (job) => {
        const step = await job.runMain({ inputs: { credentials } });
        if (step.exitCode !== 0) throw new Error(`The step failed:\n${step.log}`);
        return step.durationMs;
      }),
  };
}

/** Measures the peak memory of a subject, in MiB. The hook that reads it slows the start, so time is separate. */
export async function peakMemory({ run }: Subject): Promise<number> {
  return inJob({}, async ({ folders }) => {
    const file = path.join(folders.temp, 'peak-memory');
    const preload = fileURLToPath(new URL('peak-memory.cjs', import.meta.url));
    await run({ NODE_OPTIONS: `--require ${JSON.stringify(preload)}`, BENCH_PEAK_MEMORY: file });
    return Number(await readFile(file, 'utf8')) / 1024;
  });
}

async function runBareNode(env: Environment = {}): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { env: { ...process.env, ...env }, stdio: 'ignore' });
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  return performance.now() - startedAt;
}

async function inJob<T>(env: Environment | undefined, work: (job: Job) => Promise<T>): Promise<T> {
  const job = await createJob(env && { env });
  try {
    return await work(job);
  } finally {
    await job.dispose();
  }
}
