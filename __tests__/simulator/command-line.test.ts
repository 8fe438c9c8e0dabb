import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { startPlatform } from '../../simulator/platform.ts';
import { callByProtobuf } from '../../simulator/protobuf-client.ts';
import { scenarios } from '../../simulator/scenarios.ts';
import { FINDINGS } from '../../src/util/errors.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const COMMANDS = { start: 'simulator/start.ts', serve: 'simulator/serve.ts', bench: 'bench/start.ts' };
const POSIX = process.platform !== 'win32';

function spawnCommand(
  name: keyof typeof COMMANDS,
  args: string[],
  env: Record<string, string> = {},
): ChildProcess {
  return spawn(process.execPath, [path.join(REPOSITORY, COMMANDS[name]), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

async function finish(child: ChildProcess) {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { exitCode: exitCode as number, stdout, stderr };
}

/** Waits until the simulator is ready, and returns the path of its credentials. */
async function whenReady(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    const [, file] = /^Ready: .* credentials in (.+)$/m.exec(printed) ?? [];
    if (file !== undefined) return file;
  }
  throw new Error(`The simulator ended first:\n${printed}`);
}

test('npm start shows a run, its requests and what is left', async () => {
  const { exitCode, stdout } = await finish(spawnCommand('start', []));
  expect(exitCode).toBe(0);
  for (const line of [
    'uses: <owner>/register-cnspec@v1',
    'credentials: ${{ secrets.MONDOO_CREDENTIALS }}',
    '→ client is registered',
    'verdict    ok',
    'AgentManager/RegisterAgent  200  by //agents.api.mondoo.app/spaces/lunalectric-website/serviceaccounts/',
    'on the platform: the client lunalectric/website/scan, ',
  ]) {
    expect(stdout).toContain(line);
  }
});

test('npm start links a finding to the page in this repository', async () => {
  const { exitCode, stdout } = await finish(spawnCommand('start', ['--scenario', 'runner-error']));
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/(?<!\/)docs\/troubleshooting\.md#runner-error/);
  expect(stdout).not.toContain('https://github.com/');
  expect(stdout).toContain('mondoo.yml, which was there before');
});

test('npm start -- --credentials FILE names its own help if there is no such file', async () => {
  const { exitCode, stderr } = await finish(spawnCommand('start', ['--credentials', 'missing.json']));
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^The file of --credentials does not exist\. .*npm start -- --help\n$/);
});

test('npm start -- --credentials FILE is the check of the command, which creates nothing', async () => {
  const platform = await startPlatform();
  onTestFinished(() => platform.close());
  const folder = await mkdtemp(path.join(os.tmpdir(), 'command-line-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'credentials.json');
  await writeFile(file, JSON.stringify(await platform.mint()));
  const { exitCode, stdout } = await finish(spawnCommand('start', ['--credentials', file]));
  expect(stdout).toContain(`→ loaded credentials from the file \`${file}\` (JSON)`);
  expect(stdout).toMatch(/→ The credentials work\n$/);
  expect(exitCode).toBe(0);
  expect(platform.clients).toEqual([]);
});

test('each finding has a scenario', () => {
  expect(scenarios.map(({ status }) => status)).toEqual(expect.arrayContaining([...FINDINGS]));
});

describe.concurrent('a wrong argument gives one line and exit code 2', () => {
  test.each<[keyof typeof COMMANDS, string[], string]>([
    ['start', ['--bogus'], "Unknown option '--bogus'. For help: npm start -- --help"],
    [
      'start',
      ['--scenario', '--bogus'],
      "Option '--scenario' argument is ambiguous. For help: npm start -- --help",
    ],
    ['start', ['--scenario', 'none'], 'There is no scenario "none". For help: npm start -- --help'],
    [
      'start',
      ['--scenario', 'clock-skwe'],
      'There is no scenario "clock-skwe". Did you mean "clock-skew"? For help: npm start -- --help',
    ],
    [
      'serve',
      ['--scenario', 'fork'],
      'The scenario "fork" needs a whole job. Run: npm start -- --scenario fork. For help: npm run simulator -- --help',
    ],
    [
      'bench',
      ['--matrix', '0'],
      '--matrix needs a number of jobs from 1 to 9999, not "0". For help: npm run bench -- --help',
    ],
    [
      'bench',
      ['--cancel', '--matrix', '8'],
      'Give only one of `--cancel`, `--matrix` and `--processes`. For help: npm run bench -- --help',
    ],
  ])('%s %j', async (name, args, line) => {
    expect(await finish(spawnCommand(name, args))).toEqual({ exitCode: 2, stdout: '', stderr: `${line}\n` });
  });
});

describe.concurrent('options before the -- of npm, which npm keeps, give the right command', () => {
  test.each<[keyof typeof COMMANDS, string[], Record<string, string>, string]>([
    ['start', ['keyless'], { npm_config_scenario: 'true' }, 'npm start -- --scenario keyless'],
    ['serve', [], { npm_config_scenario: 'fork' }, 'npm run simulator -- --scenario fork'],
    ['bench', [], { npm_config_cancel: 'true' }, 'npm run bench -- --cancel'],
    ['bench', ['8'], { npm_config_matrix: 'true' }, 'npm run bench -- --matrix 8'],
  ])('%s %j with %j', async (name, args, env, command) => {
    expect(await finish(spawnCommand(name, args, env))).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(`Options need \`--\` before them. Run: ${command}.`),
    });
  });
});

test.runIf(POSIX).for(['SIGTERM', 'SIGINT'] as const)(
  'npm run simulator serves a scenario until %s, then removes its key file',
  async (signal) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'command-line-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'credentials.json');
    const child = spawnCommand('serve', ['--scenario', 'unauthenticated', '--credentials-file', file]);
    expect(await whenReady(child)).toBe(file);
    const as: Credentials = JSON.parse(await readFile(file, 'utf8'));
    expect(await callByProtobuf(as.api_endpoint, 'AgentManager/PingPong', { as })).toEqual({
      error: { code: 16, message: 'request permission unauthenticated' },
    });
    // Twice, because npm repeats a signal that the terminal has already sent.
    child.kill(signal);
    child.kill(signal);
    const [exitCode, killedBy] = await once(child, 'close');
    // The second one may arrive while Node exits.
    expect([0, signal]).toContain(exitCode ?? killedBy);
    expect(existsSync(file)).toBe(false);
  },
);

test.runIf(POSIX)('npm run simulator removes its key file if only npm gets SIGTERM', async () => {
  const child = spawn('npm', ['run', 'simulator'], { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'] });
  const file = await whenReady(child);
  const { api_endpoint: endpoint } = JSON.parse(await readFile(file, 'utf8')) as Credentials;
  child.kill('SIGTERM');
  await expect.poll(() => existsSync(path.dirname(file)), { timeout: 30_000 }).toBe(false);
  await expect(fetch(endpoint)).rejects.toThrow();
});
