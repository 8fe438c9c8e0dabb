import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type FileOperation, withDiskRecord } from '../../simulator/disk.ts';
import { startPlatform } from '../../simulator/platform.ts';
import { createJob, type Job } from '../../simulator/runner.ts';
import type { Stage } from './stage.ts';

/** The ways to a registered client that differ in what they do with files. */
export const WAYS = ['credentials', 'registration-token'] as const;
export type Way = (typeof WAYS)[number];

/** A step that passed, in a job with a file of somebody else's. */
export interface UsualStep {
  way: Way;
  /** By name and number, what it did with files; the first one of a sort where several follow each other. */
  operations: [string, number][];
  durationMs: number;
}

/** Runs a step of each way, to know what it does on this machine, where nothing happens to it. */
export function usualSteps(): Promise<UsualStep[]> {
  return Promise.all(WAYS.map(usualStep));
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

async function usualStep(way: Way): Promise<UsualStep> {
  const [platform, job] = await Promise.all([startPlatform(), createJob()]);
  try {
    putTheirs(job);
    const record = path.join(job.folders.home, 'operations');
    const inputs = await inputsOf(way, { platform, credentials: await platform.mint() });
    const { exitCode, log, durationMs } = await job.runMain({ inputs, env: withDiskRecord(record) });
    if (exitCode !== 0) throw new Error(log);
    const lines = readFileSync(record, 'utf8').trimEnd().split('\n');
    return { way, operations: numbered(lines.map((line) => JSON.parse(line))), durationMs };
  } finally {
    await Promise.all([platform.close(), job.dispose()]);
  }
}

function numbered(operations: FileOperation[]): UsualStep['operations'] {
  const names = operations.map(
    ({ name, file = 'what it has open' }) =>
      `${name} of ${file.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '*')}`,
  );
  return names.flatMap((name, index) => (name === names[index - 1] ? [] : [[name, index + 1]]));
}
