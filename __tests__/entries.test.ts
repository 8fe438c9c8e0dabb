import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseCommandFile } from '../simulator/command-files.ts';
import { type Platform, startPlatform } from '../simulator/platform.ts';

/**
 * Main and post as they are, in this process: what scenarios/ shows on the built action, again where coverage
 * sees it.
 */
let platform: Platform;
let folder: string;

beforeEach(async () => {
  platform = await startPlatform();
  folder = mkdtempSync(path.join(os.tmpdir(), 'entries-'));
  for (const name of Object.keys(process.env)) {
    if (/^(MONDOO_|INPUT_|STATE_)/.test(name)) vi.stubEnv(name, undefined);
  }
  vi.stubEnv('RUNNER_TEMP', folder);
  vi.stubEnv('GITHUB_REPOSITORY', 'acme/shop');
  vi.stubEnv('GITHUB_JOB', 'scan');
  for (const name of ['OUTPUT', 'ENV', 'STATE', 'STEP_SUMMARY']) {
    const file = path.join(folder, name);
    writeFileSync(file, '');
    vi.stubEnv(`GITHUB_${name}`, file);
  }
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
  await platform.close();
});

/** Runs an entry and returns what it printed. */
async function run(entry: 'main' | 'post'): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
  const listeners = process.listeners('uncaughtException');
  const warnings = process.listeners('warning');
  vi.resetModules();
  await import(`../src/${entry}.ts`);
  vi.mocked(process.stdout.write).mockRestore();
  for (const listener of process.listeners('uncaughtException')) {
    if (!listeners.includes(listener)) process.off('uncaughtException', listener);
  }
  for (const listener of warnings) process.on('warning', listener);
  return printed.join('');
}

function written(name: 'OUTPUT' | 'ENV' | 'STATE'): Record<string, string> {
  return parseCommandFile(readFileSync(path.join(folder, name), 'utf8'));
}

/** Hands main's state to post, as the runner does. */
function handOverState(): void {
  for (const [name, value] of Object.entries(written('STATE'))) vi.stubEnv(`STATE_${name}`, value);
}

describe('main and post', () => {
  it('register a client, and remove mondoo.yml after the job', async () => {
    vi.stubEnv('INPUT_CREDENTIALS', JSON.stringify(await platform.mint()));
    vi.stubEnv('INPUT_ANNOTATIONS', 'team=web');
    expect(await run('main')).toContain('→ client is registered');
    expect(process.exitCode).toBeUndefined();
    expect(platform.clients).toMatchObject([{ name: 'acme/shop/scan' }]);
    const file = written('OUTPUT')['config-path']!;
    expect(readFileSync(file, 'utf8')).toContain('team: web');

    handOverState();
    expect(await run('post')).toContain(`Removed mondoo.yml: ${file}`);
    expect(existsSync(path.join(folder, '_github_home'))).toBe(false);
  });

  it('mint a client by a registration token, and unregister it after the job', async () => {
    vi.stubEnv('INPUT_REGISTRATION-TOKEN', await platform.issueRegistrationToken());
    expect(await run('main')).toContain('→ client is registered');
    expect(platform.clients).toMatchObject([{ name: 'acme/shop/scan' }]);

    handOverState();
    expect(await run('post')).toContain('→ unregistered the client');
    expect(platform.clients).toEqual([]);
    expect(existsSync(path.join(folder, '_github_home'))).toBe(false);
  });

  it('take back a client whose account the platform refuses', async () => {
    vi.stubEnv('INPUT_REGISTRATION-TOKEN', await platform.issueRegistrationToken());
    platform.fault('AgentManager/PingPong', { kind: 'error', code: 7, message: 'request permission denied' });
    expect(await run('main')).toContain('→ unregistered the client');
    expect(process.exitCode).toBe(1);
    expect(written('OUTPUT')).toMatchObject({ status: 'permission-denied' });
    expect(platform.clients).toEqual([]);
  });

  it('take the place of what the environment says, and warn of what would win over mondoo.yml', async () => {
    const credentials = JSON.stringify(await platform.mint());
    vi.stubEnv('MONDOO_CONFIG_BASE64', Buffer.from(credentials).toString('base64'));
    vi.stubEnv('MONDOO_CONFIG_PATH', '/etc/opt/mondoo/mondoo.yml');
    vi.stubEnv('MONDOO_API_ENDPOINT', platform.endpoint);
    const log = await run('main');
    expect(log).toContain('::warning::The environment variable MONDOO_API_ENDPOINT is set');
    expect(log).toContain('::notice::MONDOO_CONFIG_PATH was /etc/opt/mondoo/mondoo.yml');
    expect(written('ENV')).toMatchObject({ MONDOO_CONFIG_BASE64: '' });
  });

  it('warn when the platform does not tell its time', async () => {
    vi.stubEnv('INPUT_CREDENTIALS', JSON.stringify(await platform.mint()));
    platform.fault('Health/Check', { kind: 'answer', status: 200, body: '{"status":"SERVING"}' });
    expect(await run('main')).toContain('::warning::The clock of this machine could not be checked');
    expect(written('OUTPUT')).toMatchObject({ status: 'ok' });
  });

  it('try again, and say so', async () => {
    vi.stubEnv('INPUT_CREDENTIALS', JSON.stringify(await platform.mint()));
    platform.fault('AgentManager/RegisterAgent', { kind: 'error', code: 10, message: 'space changed' }, 1);
    expect(await run('main')).toMatch(
      /! AgentManager\/RegisterAgent failed: rpc error: code = Aborted desc = space changed; try 2 follows in \d+ms/,
    );
    expect(platform.clients).toHaveLength(1);
  });

  it('fail the job when the platform does not register the client, and leave nothing', async () => {
    vi.stubEnv('INPUT_CREDENTIALS', JSON.stringify(await platform.mint()));
    platform.fault('AgentManager/RegisterAgent', { kind: 'error', code: 5, message: 'space not found' });
    await run('main');
    expect(process.exitCode).toBe(1);
    expect(written('OUTPUT')).toMatchObject({ status: 'unregistered' });
    handOverState();
    expect(await run('post')).toContain('There is no mondoo.yml to remove');
  });

  it('fail the job on an input that is not valid; then post has nothing to do', async () => {
    vi.stubEnv('INPUT_TIMEOUT', 'soon');
    await run('main');
    expect(process.exitCode).toBe(1);
    expect(written('OUTPUT')).toMatchObject({ status: 'invalid-input' });
    expect(await run('post')).toContain('There is nothing to clean up');
  });

  it('never fail in post, whatever stands in the way', async () => {
    // A name that no file can have.
    const configPath = path.join(folder, '\0');
    vi.stubEnv(
      'STATE_mondoo-config',
      JSON.stringify({ configPath, temporaryPath: path.join(folder, 'none'), createdFolders: [], mark: '#' }),
    );
    expect(await run('post')).toMatch(
      /::warning::What the step had written could not be removed: .* \(ERR_INVALID_ARG_VALUE\)/,
    );
    expect(process.exitCode).toBeUndefined();
  });

  it('tell a mistake of their own on stdout, without its text', async () => {
    vi.stubEnv('STATE_mondoo-config', '{ this is no JSON and may be a secret');
    const log = await run('post');
    expect(log).toContain('::warning title=register-cnspec crashed::');
    expect(log).not.toContain('may be a secret');
    expect(process.exitCode).toBeUndefined();
  });
});
