import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type Conduct,
  type RecordedCall,
  recordedCalls,
  writeCnspec,
} from '../../../simulator/cnspec-program.ts';
import { type ReleasesHost, type ReleasesOptions, startReleases } from '../../../simulator/releases.ts';
import type { JobOptions } from '../../../simulator/runner.ts';
import type { Ran, Stage } from '../stage.ts';

/** A job on a machine that has a stand-in for cnspec on PATH. */
export interface WithCnspec {
  step: Ran;
  /** The path of the program. */
  program: string;
  /** What the program was asked, and what it was given for it. */
  calls: RecordedCall[];
  releases: ReleasesHost;
}

/** How a job with a cnspec differs from others. */
export interface WithCnspecOptions {
  inputs?: Record<string, string>;
  env?: JobOptions['env'];
  conduct?: Partial<Conduct>;
  timeoutMs?: number;
}

/** Runs the built action where there is a stand-in for cnspec on PATH, and a releases host that has more of them. */
export async function runWithCnspec(
  stage: Stage,
  { inputs = {}, env = {}, conduct = {}, timeoutMs }: WithCnspecOptions = {},
): Promise<WithCnspec> {
  const releases = await releasesFor(stage);
  const folder = await outside(stage);
  const record = path.join(folder, 'calls');
  const program = await writeCnspec(path.join(folder, 'bin'), {
    version: '13.0.0',
    kind: 'agreeing',
    record,
    ...conduct,
  });
  const step = await stage.run(
    { 'updates-url': releases.url, ...inputs },
    { env: { PATH: pathWith(program), ...env }, ...(timeoutMs !== undefined && { timeoutMs }) },
  );
  return { step, program, calls: await recordedCalls(record), releases };
}

/** Starts a releases host for the length of a scenario. */
export async function releasesFor(stage: Stage, options?: ReleasesOptions): Promise<ReleasesHost> {
  return stage.until(await startReleases(options));
}

/** A folder outside of the job, for the length of a scenario: what is in it is not searched for secrets. */
export async function outside(stage: Stage): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'cnspec-on-path-')));
  stage.until({ close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) });
  return folder;
}

/** The host's PATH with the folder of a program in front. */
export function pathWith(program: string): string {
  return [path.dirname(program), process.env.PATH].join(path.delimiter);
}
