import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Credentials } from '../../simulator/accounts.ts';
import { startPlatform } from '../../simulator/platform.ts';
import { callByProtobuf } from '../../simulator/protobuf-client.ts';
import { scenarios } from '../../simulator/scenarios.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'command-line-'));
});

afterEach(() => rm(folder, { recursive: true }));

function spawnCommand(name: 'start' | 'serve', args: string[], env = {}): ChildProcess {
  const script = fileURLToPath(new URL(`../../simulator/${name}.ts`, import.meta.url));
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
  return spawn(process.execPath, [script, ...args], { stdio, env: { ...process.env, ...env } });
}

async function run(name: 'start' | 'serve', ...args: string[]) {
  return finish(spawnCommand(name, args));
}

async function finish(child: ChildProcess) {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { exitCode: exitCode as number, stdout, stderr };
}

describe('start', () => {
  test('shows the scenario "registered" unless another is named', async () => {
    const { exitCode, stdout } = await run('start');
    expect(exitCode).toBe(0);
    for (const line of [
      'credentials: ${{ secrets.MONDOO_CREDENTIALS }}',
      '→ client is registered',
      '→ client authenticated successfully',
      'verdict    ok',
      'AgentManager/RegisterAgent  200  by //agents.api.mondoo.app/spaces/lunalectric-website/serviceaccounts/',
      'on the platform: the client lunalectric/website/scan, ',
      'on the machine: nothing, mondoo.yml was removed after the job',
    ]) {
      expect(stdout).toContain(line);
    }
    expect(stdout, 'colours belong on a terminal').not.toContain('\u001B');
  });

  test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'nobody reads'] as const)(
    'leaves no job and no key behind when it is ended: %s',
    async (end) => {
      const child = spawnCommand('start', ['--scenario', 'unreachable'], { TMPDIR: folder });
      for await (const chunk of child.stdout!) if (String(chunk).includes('The job')) break;
      // Leaving the loop has closed the pipe.
      if (end !== 'nobody reads') child.kill(end);
      const [exitCode] = await once(child, 'close');
      expect(exitCode).not.toBe(0);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test.each([
    [
      'keyless',
      [
        'permissions:\n    contents: read\n    id-token: write\n  steps:',
        '"type": "external_account"',
        '→ exchanged the ID token of this run for a service account',
        'an ID token  200  for //captain.api.mondoo.app/spaces/lunalectric-website',
        'SecureTokenService/ExchangeExternalToken  200  by an ID token',
        'on the platform: the client lunalectric/website/scan, ',
      ],
    ],
    [
      'registration-token',
      [
        'registration-token: ${{ secrets.MONDOO_REGISTRATION_TOKEN }}',
        'AgentManager/RegisterAgent    200  by a registration token',
        '→ unregistered the client //agents.api.mondoo.app/spaces/lunalectric-website/agents/',
        'on the platform: no client',
      ],
    ],
    [
      'fork',
      [
        'on-missing-credentials: skip',
        'Notice: Skipped as GitHub gives this run no credentials',
        'verdict    skipped',
      ],
    ],
  ])('shows the scenario %s', async (name, lines) => {
    const { exitCode, stdout } = await run('start', '--scenario', name);
    expect(exitCode, stdout).toBe(0);
    for (const line of lines) expect(stdout).toContain(line);
  });

  test("has the action's exit code", async () => {
    const { exitCode, stdout } = await run('start', '--scenario', 'unauthenticated');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('verdict    unauthenticated');
    expect(stdout).toContain('on the platform: no client');
  });

  test('takes real credentials, and registers only where it is told to', async () => {
    const platform = await startPlatform();
    const file = path.join(folder, 'credentials.json');
    await writeFile(file, JSON.stringify(await platform.mint()));

    const checked = await run('start', '--credentials', file);
    expect(checked.exitCode).toBe(0);
    expect(checked.stdout).toContain('register: "false"');
    expect(platform.clients).toEqual([]);

    expect((await run('start', '--credentials', file, '--register')).exitCode).toBe(0);
    expect(platform.clients).toHaveLength(1);
    await platform.close();
  });

  test('shows no key, also of a file that passes for a workload identity', async () => {
    const platform = await startPlatform();
    const credentials = await platform.mint();
    const file = path.join(folder, 'credentials.json');
    for (const more of [{ note: 'external_account' }, { type: 'external_account' }]) {
      await writeFile(file, JSON.stringify({ ...credentials, ...more }));
      const { stdout, stderr } = await run('start', '--credentials', file);
      expect(stdout).toContain('credentials: ${{ secrets.MONDOO_CREDENTIALS }}');
      for (const line of credentials.private_key.trim().split('\n'))
        expect(stdout + stderr).not.toContain(line);
    }
    await platform.close();
  });

  test.each([
    [['--scenario', 'none'], 'There is no scenario "none".'],
    [['--nothing'], "Unknown option '--nothing'"],
    [['--register'], '--register goes with --credentials only.'],
    [['--credentials', 'x', '--scenario', 'registered'], 'Give --scenario or --credentials, not both.'],
    [['--credentials', 'no-such-file'], 'The credentials file no-such-file cannot be read (ENOENT).'],
  ])('%j is an error', async (args, message) => {
    const { exitCode, stdout, stderr } = await run('start', ...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    for (const { name } of scenarios) expect(stderr).toContain(`\n  ${name} `);
  });

  test('--help', async () => {
    expect(await run('start', '--help')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('serve', () => {
  test('serves a scenario to the credentials that it writes', async () => {
    const file = path.join(folder, 'credentials.json');
    const child = spawnCommand('serve', ['--scenario', 'permission-denied', '--credentials-file', file]);
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const { api_endpoint: endpoint } = JSON.parse(await readFile(file, 'utf8')) as Credentials;
    expect(line.toString()).toBe(
      `Ready: scenario permission-denied at ${endpoint}, credentials in ${file}\n`,
    );
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);

    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${endpoint}/Health/Check`, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(200);

    child.kill('SIGTERM');
    const [exitCode] = await once(child, 'close');
    if (process.platform !== 'win32') expect(exitCode).toBe(0);
  });

  test('writes them to a file of its own where none is named, and takes it away at its end', async () => {
    const child = spawnCommand('serve', ['--scenario', 'unauthenticated'], { TMPDIR: folder, TEMP: folder });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const [, endpoint, file = ''] =
      /^Ready: scenario unauthenticated at (\S+), credentials in (.+)\n$/.exec(line.toString()) ?? [];
    expect(path.dirname(path.dirname(file))).toBe(folder);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    // As cnspec reads it.
    const as: Credentials = parse(await readFile(file, 'utf8'));
    expect(as.api_endpoint).toBe(endpoint);
    expect(await callByProtobuf(as.api_endpoint, 'AgentManager/PingPong', { as })).toEqual({
      error: { code: 16, message: 'request permission unauthenticated' },
    });

    child.kill('SIGTERM');
    await once(child, 'close');
    if (process.platform !== 'win32') expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    [['--credentials-file', 'x', '--scenario', 'none'], 'There is no scenario "none".'],
    [
      ['--credentials-file', 'x', '--scenario', 'keyless'],
      'The scenario "keyless" is about more than a credentials file',
    ],
    [
      ['--credentials-file', 'x', '--scenario', 'registration-token'],
      'The scenario "registration-token" is about more than a credentials file',
    ],
  ])('%j is an error', async (args, message) => {
    const { exitCode, stderr } = await run('serve', ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

test.each<['start' | 'serve', string[], Record<string, string>, string]>([
  // npm start --scenario keyless, and then --scenario=keyless
  ['start', ['keyless'], { npm_config_scenario: 'true' }, 'npm start -- --scenario keyless'],
  ['start', [], { npm_config_scenario: 'keyless' }, 'npm start -- --scenario keyless'],
  ['start', [], { npm_config_scenario: 'true' }, 'npm start -- --scenario ...'],
  [
    'start',
    ['a.json'],
    { npm_config_credentials: 'true', npm_config_register: 'true' },
    'npm start -- --credentials a.json --register',
  ],
  [
    'serve',
    ['a.json', 'fork'],
    { npm_config_credentials_file: 'true', npm_config_scenario: 'true' },
    'npm run simulator -- --scenario ... --credentials-file ...',
  ],
])('%s %j tells what to type where npm took an option: %j', async (name, args, env, command) => {
  const { exitCode, stdout, stderr } = await finish(spawnCommand(name, args, env));
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n').slice(-1)).toEqual([
    `npm took an option for its own, as no -- stands before it. Type this: ${command}`,
  ]);
});
