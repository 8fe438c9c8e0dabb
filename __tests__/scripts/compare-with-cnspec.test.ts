import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type Conduct, recordedCalls, writeCnspec } from '../../simulator/cnspec-program.ts';
import { readWorkflow } from '../docs/workflow.ts';
import { pathWith } from '../scenarios/cnspec/on-path.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRIPT = 'scripts/compare-with-cnspec.ts';

/** Runs the script of the workflow job with a stand-in for cnspec on PATH. */
async function compareWith(kind: Conduct['kind']) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'compare-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const record = path.join(folder, 'calls');
  const program = await writeCnspec(path.join(folder, 'bin'), { version: '13.0.0', kind, record });
  return { ...(await runScript({ PATH: pathWith(program) })), calls: await recordedCalls(record) };
}

async function runScript(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [path.join(ROOT, SCRIPT), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MONDOO_CONFIG_BASE64: 'e30=', INPUT_CREDENTIALS: 'planted', ...env },
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode: exitCode as number, stdout, stderr };
}

describe('the comparison with cnspec', () => {
  test('succeeds if cnspec queries the platform itself, and both report the same', async () => {
    const { exitCode, stdout, stderr, calls } = await compareWith('asking');
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '→ registered: both report registered, authenticated',
      '→ unregistered: both report not registered',
      '→ unauthenticated: both report registered, not authenticated',
      expect.stringMatching(
        /^→ small-skew: both report registered, authenticated, possible clock skew detected: [345]\d(\.\d+)?s$/,
      ),
    ]);

    // From the file of the step only, not from other data of the job or this process.
    expect(calls.map(({ args }) => args)).toEqual(Array(4).fill(['status', '-o', 'json']));
    const paths = calls.map(({ env }) => env.MONDOO_CONFIG_PATH && path.basename(env.MONDOO_CONFIG_PATH));
    expect(paths).toEqual(['mondoo.yml', undefined, 'mondoo.yml', 'mondoo.yml']);
    for (const { env } of calls) {
      expect(env.MONDOO_AUTO_UPDATE).toBe('false');
      expect(path.basename(env.HOME ?? '')).toBe('home');
      expect(Object.keys(env).filter((name) => /^(INPUT|STATE|GITHUB|ACTIONS)_|BASE64/.test(name))).toEqual(
        [],
      );
    }
  });

  test('fails with both results if cnspec reports another status', async () => {
    const { exitCode, stdout } = await compareWith('unauthenticated');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      [
        'x registered',
        '',
        'authenticated  the action     yes',
        '               cnspec 13.0.0  no',
        '               documented     yes',
        '',
        '',
      ].join('\n'),
    );
    // The others are still compared.
    expect(stdout).toContain('→ unauthenticated: both report registered, not authenticated\n');
    expect(stdout).toMatch(
      /\nclock skew +the action +possible clock skew detected: 4\S+\n +cnspec 13\.0\.0 +none\n/,
    );
  });

  test('fails if cnspec reports no status', async () => {
    const { exitCode, stdout } = await compareWith('silent');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('x registered: cnspec reported no status\n');
    expect(stdout).toContain('cnspec ended with {"kind":"exit","code":1}');
  });

  test('fails if there is no cnspec', async () => {
    const { exitCode, stderr } = await runScript({ PATH: '' });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "cnspec isn't on `PATH`. Install cnspec, then run `npm run compare` again. For help: npm run compare -- --help\n",
    );
  });

  test('prints its help, and rejects an argument in one line', async () => {
    expect(await runScript({}, '--help')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('npm run compare\n'),
    });
    expect(await runScript({}, '--bogus')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: "Unknown option '--bogus'. For help: npm run compare -- --help\n",
    });
  });

  test('runs in a job of the workflow, on a cnspec that this action has installed', () => {
    const { jobs } = readWorkflow(readFileSync(path.join(ROOT, '.github/workflows/ci.yml'), 'utf8'));
    const steps = jobs.cnspec?.steps ?? [];
    expect(steps.find(({ uses }) => uses === './')?.with).toMatchObject({
      'cnspec-version': 'latest',
      'verify-with-cnspec': false,
    });
    expect(steps.at(-1)?.run).toBe('npm run compare');
    expect(manifest.scripts.compare.split(' ').at(-1)).toBe(SCRIPT);
  });
});
