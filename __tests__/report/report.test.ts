import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ActionError, FINDINGS, type Finding } from '../../src/errors.ts';
import { report, reportUntold, writeSummary } from '../../src/report/report.ts';
import type { Facts } from '../../src/status/facts.ts';
import { verdictOn } from '../../src/status/verdict.ts';
import { CLIENT_MRN, facts, health, rpcError } from '../fixtures.ts';

let folder: string;
let written: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-'));
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) {
    await writeFile(path.join(folder, name), '');
    vi.stubEnv(name, path.join(folder, name));
  }
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Reports, and returns the lines of the log. */
function tell(given: Facts, { failOn = FINDINGS as readonly Finding[] } = {}): string[] {
  const verdict = verdictOn(given, { failOn: new Set(failOn), maxClockSkew: 30_000 });
  const conclusion = { facts: given, verdict, configPath: verdict.passed ? '/mondoo.yml' : undefined };
  report(conclusion);
  writeSummary(conclusion);
  return written.join('').split(/\r?\n/).filter(Boolean);
}

const told = (name: string) => readFile(path.join(folder, name), 'utf8');

const good = facts({
  registration: { wanted: true, name: 'x', clientMrn: CLIENT_MRN },
  observation: { health: health(), skew: 0, ping: 'accepted' },
});
const bad = facts({
  registration: { wanted: false, name: 'x' },
  observation: { health: health(), skew: 90_000, ping: rpcError(16), pingAtServerTime: rpcError(16) },
});

describe('report', () => {
  it('tells a success in log, outputs and summary, without an annotation', async () => {
    const log = tell(good);
    expect(log).toContain('→ client authenticated successfully');
    expect(log.filter((line) => line.startsWith('::'))).toEqual([]);
    expect(await told('GITHUB_OUTPUT')).toMatch(/status<<(\S+)\r?\nok\r?\n\1/);
    expect(await told('GITHUB_STEP_SUMMARY')).toMatch(/^<h3>✅ cnspec is registered/);
    expect(process.exitCode).toBeUndefined();
  });

  it('ends a failure with one annotation that tells of every finding, and fails the step', async () => {
    const log = tell(bad);
    const annotations = log.filter((line) => line.startsWith('::'));
    expect(annotations).toHaveLength(1);
    expect(log.at(-1)).toBe(annotations[0]);
    expect(annotations[0]).toMatch(
      /^::error title=The credentials are refused::Mondoo Platform does not know/,
    );
    expect(annotations[0]).toContain('The clock of this machine is 1m30s behind');
    expect(process.exitCode).toBe(1);
    expect(await told('GITHUB_OUTPUT')).toMatch(/findings<<(\S+)\r?\nunauthenticated,clock-skew\r?\n\1/);
    expect(await told('GITHUB_STEP_SUMMARY')).toMatch(/^<h3>❌/);
  });

  it('warns of what is tolerated, each on its own', async () => {
    const log = tell(bad, { failOn: [] });
    expect(log.filter((line) => line.startsWith('::')).map((line) => line.split('::')[1])).toEqual([
      'warning title=The credentials are refused',
      'warning title=The clock of this machine is wrong',
    ]);
    expect(process.exitCode).toBeUndefined();
  });

  it('warns of the one and fails for the other', async () => {
    const log = tell(bad, { failOn: ['clock-skew'] });
    expect(log.filter((line) => line.startsWith('::')).map((line) => line.split('::')[1])).toEqual([
      'warning title=The credentials are refused',
      'error title=The clock of this machine is wrong',
    ]);
    expect(process.exitCode).toBe(1);
  });

  it('gives notice of a run that was skipped, and passes', async () => {
    const { account: _, ...nothing } = facts({
      failure: new ActionError('skipped', 'There are none.', 'Nothing.'),
    });
    const log = tell(nothing, { failOn: FINDINGS.filter((finding) => finding !== 'skipped') });
    const annotations = log.filter((line) => line.startsWith('::'));
    expect(annotations).toEqual([
      expect.stringMatching(
        /^::notice title=Skipped as GitHub gives this run no credentials::There are none\./,
      ),
    ]);
    expect(process.exitCode).toBeUndefined();
    expect(await told('GITHUB_OUTPUT')).toMatch(/status<<(\S+)\r?\nskipped\r?\n\1/);
    expect(await told('GITHUB_STEP_SUMMARY')).toMatch(/^<h3>⏭️/);
  });

  it('keeps the verdict where the runner takes no summary', async () => {
    vi.stubEnv('GITHUB_STEP_SUMMARY', '');
    const log = tell(bad);
    expect(log.at(-1)).toBe('::warning::The job summary could not be written.');
    expect(log.at(-2)).toMatch(/^::error title=/);
    expect(process.exitCode).toBe(1);
  });
});

describe('what could not be told to its end', () => {
  const obstacle = new ActionError('invalid-input', 'The disk is full.', 'Make room.');
  const verdict = (given: Facts) => verdictOn(given, { failOn: new Set(FINDINGS), maxClockSkew: 30_000 });

  it('fails the step, and takes back the outputs of a success', async () => {
    reportUntold(obstacle, verdict(good));
    expect(process.exitCode).toBe(1);
    expect(written.join('')).toMatch(/^::error title=An input of the step is not valid::The disk is full\./);
    expect(await told('GITHUB_OUTPUT')).toMatch(/registered<<(\S+)\r?\nfalse\r?\n\1/);
  });

  it('is one line of the log beside a failure that was told already', () => {
    reportUntold(obstacle, verdict(bad));
    expect(written.join('')).toMatch(/^! The disk is full\.\r?\n$/);
  });

  it('is told also where nothing can be taken back', () => {
    vi.stubEnv('GITHUB_OUTPUT', path.join(folder, 'gone'));
    reportUntold(obstacle, verdict(good));
    expect(written.join('')).toMatch(/^::error /);
  });
});
