import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { type Platform, startPlatform } from '../../simulator/platform.ts';

interface Job {
  before_script: string[];
  script: string[];
  artifacts: { when: string; reports: Record<string, string> };
}

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const template = parse(await readFile(file('ci/gitlab.yml'), 'utf8'));
const job: Job = { ...template['.register-cnspec'], ...template['mondoo-gate'] };

/** The variables of a job on an unprotected branch. */
const JOB = { GITLAB_CI: 'true', CI_COMMIT_REF_NAME: 'feature', CI_COMMIT_REF_PROTECTED: 'false' };

/** Runs the script of the job as GitLab's shell executor does. */
async function runJob(variables: Record<string, string>) {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'gitlab-job-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const lines = ['set -e', ...job.before_script, ...job.script];
  const child = spawn('bash', ['-c', lines.join('\n')], {
    cwd,
    env: {
      ...{ PATH: process.env.PATH, ...template.variables, ...JOB },
      REGISTER_CNSPEC: `${process.execPath} ${file('dist/cli/index.js')}`,
      ...variables,
    },
  });
  const [log, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const report = (kind: string) => readFile(path.join(cwd, job.artifacts.reports[kind]!), 'utf8');
  return { exitCode, log, dotenv: await report('dotenv'), junit: await report('junit') };
}

type Row = [
  what: string,
  prepare: (platform: Platform) => Promise<Record<string, string>>,
  exitCode: number,
  status: string,
  says: RegExp,
];

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');

const ROWS: Row[] = [
  [
    'green with good credentials',
    async (platform) => ({ MONDOO_CREDENTIALS: base64(await platform.mint()) }),
    0,
    'ok',
    /→ The credentials work\n$/,
  ],
  [
    'red with revoked credentials',
    async (platform) => {
      const credentials = await platform.mint();
      platform.revoke(credentials.mrn);
      return { MONDOO_CREDENTIALS: base64(credentials) };
    },
    1,
    'unauthenticated',
    /x Mondoo Platform rejected the credentials\n.*deleted or revoked/,
  ],
  [
    'red with a skewed clock',
    async (platform) => {
      platform.clock.offsetMs = 72 * 3_600_000;
      return { MONDOO_CREDENTIALS: base64(await platform.mint()) };
    },
    1,
    'clock-skew',
    /x The clock of the runner is wrong\n.* so they work\./,
  ],
  [
    'red with a missing variable',
    async () => ({}),
    1,
    'missing-credentials',
    /`feature` isn't a protected branch or tag, and GitLab passes protected variables only to those/,
  ],
];

// GitLab's runner has bash. The bash of Windows can't start Node.
describe.skipIf(process.platform === 'win32')('the GitLab template', () => {
  test.each(ROWS)('is %s', async (_, prepare, exitCode, status, says) => {
    const platform = await startPlatform();
    onTestFinished(() => platform.close());
    const ran = await runJob(await prepare(platform));
    expect(ran.log).toMatch(says);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.dotenv).toMatch(new RegExp(`^MONDOO_GATE_STATUS=${status}\n`));
    expect(ran.junit.includes('<failure')).toBe(exitCode !== 0);
    expect(platform.clients).toEqual([]);
  });

  test('uploads its reports even if the gate fails', () => {
    expect(job.artifacts).toEqual({ when: 'always', reports: { dotenv: 'gate.env', junit: 'gate.xml' } });
  });
});
