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

/** A job on a runner with a stand-in for cnspec on PATH. */
export interface WithCnspec {
  step: Ran;
  /** The path of the program. */
  program: string;
  /** The calls of the program: arguments and environment. */
  calls: RecordedCall[];
  releases: ReleasesHost;
}

export interface WithCnspecOptions {
  inputs?: Record<string, string>;
  env?: JobOptions['env'];
  conduct?: Partial<Conduct>;
  timeoutMs?: number;
}

/** Runs the built action with a stand-in for cnspec on PATH, and a releases host with more of them. */
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

export async function releasesFor(stage: Stage, options?: ReleasesOptions): Promise<ReleasesHost> {
  return stage.until(await startReleases(options));
}

/** A folder outside the job for one scenario; it is not searched for secrets. */
export async function outside(stage: Stage): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'cnspec-on-path-')));
  stage.until({ close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) });
  return folder;
}

/** The host's PATH with the folder of a program in front. */
export function pathWith(program: string): string {
  return [path.dirname(program), process.env.PATH].join(path.delimiter);
}
