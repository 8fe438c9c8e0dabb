/** Compares the step with a bare start of Node, as whole processes: `npm run bench`. */
import { spawn } from 'node:child_process';
import { startPlatform } from '../simulator/platform.ts';
import { createJob, type Job } from '../simulator/runner.ts';

const RUNS = 15;

/** One thing to time: its name, and a run of it that tells how many milliseconds it took. */
interface Candidate {
  name: string;
  run(): Promise<number>;
}

const platform = await startPlatform();
const credentials = JSON.stringify(await platform.mint());

const candidates: Candidate[] = [
  { name: 'node -e 0', run: bareNode },
  { name: 'the step with no inputs', run: () => inJob(async (job) => (await job.runMain()).durationMs) },
  {
    name: 'the whole step',
    run: () =>
      inJob(async (job) => {
        const step = await job.runMain({ inputs: { credentials } });
        if (step.exitCode !== 0) throw new Error(`the step failed:\n${step.log}`);
        return step.durationMs;
      }),
  },
];

const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
// In turn, so that a machine that slows down does so for all of them; the first round only warms up.
for (let round = 0; round <= RUNS; round++) {
  for (const { name, run } of candidates) {
    const time = await run();
    if (round > 0) times.get(name)!.push(time);
  }
}
await platform.close();

const baseline = median(times.get(candidates[0]!.name)!);
console.log(
  `Medians of ${RUNS} runs in turn, Node ${process.versions.node}, ${process.platform} ${process.arch}\n`,
);
for (const [name, measured] of times) {
  const time = median(measured);
  console.log(
    `${name.padEnd(26)} ${time.toFixed(1).padStart(7)} ms ${(time / baseline).toFixed(2).padStart(6)} x`,
  );
}

async function bareNode(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  return performance.now() - startedAt;
}

async function inJob(work: (job: Job) => Promise<number>): Promise<number> {
  const job = await createJob();
  try {
    return await work(job);
  } finally {
    await job.dispose();
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
