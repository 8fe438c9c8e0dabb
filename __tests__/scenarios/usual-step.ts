import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readRecord, withDiskRecord } from '../../simulator/disk.ts';
import { startPlatform } from '../../simulator/platform.ts';
import { createJob, type Job, type JobOptions } from '../../simulator/runner.ts';
import type { Stage } from './stage.ts';

/** The ways to a registered client that differ in what they do with files. */
export const WAYS = ['credentials', 'registration-token'] as const;
export type Way = (typeof WAYS)[number];

/** A step that passed, in a job with a file of somebody else's. */
export interface UsualStep {
  way: Way;
  /** What it did with files, by name and number. */
  operations: [string, number][];
  /** What its post step did. */
  postOperations: [string, number][];
  durationMs: number;
}

/** Runs a step of each way, to know what it does on this machine where nothing happens to it. */
export async function usualSteps(options: JobOptions = {}): Promise<UsualStep[]> {
  const [first, ...others] = await Promise.all(WAYS.map((way) => usualStep(way, options)));
  return [
    first!,
    ...others.map((step) => ({ ...step, operations: unlike(first!.operations, step.operations) })),
  ];
}

/** The operations from where two steps part: they begin in the same way, and once is enough for that. */
function unlike(some: [string, number][], others: [string, number][]): [string, number][] {
  return others.slice(others.findIndex(([name], index) => name !== some[index]?.[0]));
}

/** What a step is given to go this way. */
export async function inputsOf(
  way: Way,
  { platform, credentials }: Pick<Stage, 'platform' | 'credentials'>,
): Promise<Record<string, string>> {
  return {
    [way]: way === 'credentials' ? JSON.stringify(credentials) : await platform.issueRegistrationToken(),
  };
}

/** Puts a file of somebody else's beside the folder for mondoo.yml. */
export function putTheirs({ folders }: Job): { home: string; theirs: string } {
  const home = path.join(folders.temp, '_github_home', '.config');
  const theirs = path.join(home, 'other', 'their.yml');
  mkdirSync(path.dirname(theirs), { recursive: true });
  writeFileSync(theirs, 'theirs');
  return { home, theirs };
}

async function usualStep(way: Way, options: JobOptions): Promise<UsualStep> {
  const [platform, job] = await Promise.all([startPlatform(), createJob(options)]);
  try {
    putTheirs(job);
    const [ofMain, ofPost] = ['main', 'post'].map((name) => path.join(job.folders.home, name)) as [
      string,
      string,
    ];
    const inputs = await inputsOf(way, { platform, credentials: await platform.mint() });
    const main = await job.runMain({ inputs, env: withDiskRecord(ofMain) });
    if (main.exitCode !== 0) throw new Error(main.log);
    await job.runPost(main, { env: withDiskRecord(ofPost) });
    return {
      way,
      operations: recorded(ofMain),
      postOperations: recorded(ofPost),
      durationMs: main.durationMs,
    };
  } finally {
    await Promise.all([platform.close(), job.dispose()]);
  }
}

function recorded(record: string): UsualStep['operations'] {
  const names = readRecord(record).map(
    ({ name, file = 'what it has open' }) =>
      `${name} of ${file.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '*')}`,
  );
  // One output is written like the other.
  const isAnotherOutput = (index: number) =>
    names[index]!.includes('set_output') && names[index] === names[index - 1];
  return names
    .map((name, index): [string, number] => [name, index + 1])
    .filter((_, index) => !isAnotherOutput(index));
}
