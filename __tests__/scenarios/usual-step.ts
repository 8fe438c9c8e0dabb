import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readRecord, withDiskRecord } from '../../simulator/disk.ts';
import { startPlatform } from '../../simulator/platform.ts';
import { createJob, type Job, type JobOptions } from '../../simulator/runner.ts';
import type { Stage } from './stage.ts';

/** The authentication methods that register a client and differ in their file operations. */
export const AUTHENTICATION_METHODS = ['credentials', 'registration-token'] as const;
export type AuthenticationMethod = (typeof AUTHENTICATION_METHODS)[number];

/** A passed step, in a job with an unrelated file. */
export interface UsualStep {
  method: AuthenticationMethod;
  /** Its file operations, by name and number. */
  operations: [string, number][];
  /** The file operations of its post step. */
  postOperations: [string, number][];
  durationMs: number;
}

/** Runs a step with each method, to record its file operations. */
export async function usualSteps(options: JobOptions = {}): Promise<UsualStep[]> {
  const [first, ...others] = await Promise.all(
    AUTHENTICATION_METHODS.map((method) => usualStep(method, options)),
  );
  return [
    first!,
    ...others.map((step) => ({ ...step, operations: unlike(first!.operations, step.operations) })),
  ];
}

/** The operations after which two steps differ: testing the common beginning once is enough. */
function unlike(some: [string, number][], others: [string, number][]): [string, number][] {
  return others.slice(others.findIndex(([name], index) => name !== some[index]?.[0]));
}

export async function inputsOf(
  method: AuthenticationMethod,
  { platform, credentials }: Pick<Stage, 'platform' | 'credentials'>,
): Promise<Record<string, string>> {
  return {
    [method]:
      method === 'credentials' ? JSON.stringify(credentials) : await platform.issueRegistrationToken(),
  };
}

/** Puts an unrelated file next to the folder of mondoo.yml. */
export function putTheirs({ folders }: Job): { home: string; theirs: string } {
  const home = path.join(folders.temp, '_github_home', '.config');
  const theirs = path.join(home, 'other', 'their.yml');
  mkdirSync(path.dirname(theirs), { recursive: true });
  writeFileSync(theirs, 'theirs');
  return { home, theirs };
}

async function usualStep(method: AuthenticationMethod, options: JobOptions): Promise<UsualStep> {
  const [platform, job] = await Promise.all([startPlatform(), createJob(options)]);
  try {
    putTheirs(job);
    const [ofMain, ofPost] = ['main', 'post'].map((name) => path.join(job.folders.home, name)) as [
      string,
      string,
    ];
    const inputs = await inputsOf(method, { platform, credentials: await platform.mint() });
    const main = await job.runMain({ inputs, env: withDiskRecord(ofMain) });
    if (main.exitCode !== 0) throw new Error(main.log);
    await job.runPost(main, { env: withDiskRecord(ofPost) });
    return {
      method,
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
  // Repeated outputs are written in the same way.
  const isAnotherOutput = (index: number) =>
    names[index]!.includes('set_output') && names[index] === names[index - 1];
  return names
    .map((name, index): [string, number] => [name, index + 1])
    .filter((_, index) => !isAnotherOutput(index));
}
