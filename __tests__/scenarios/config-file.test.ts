import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { test } from './stage.ts';

const POSIX = process.platform !== 'win32';

/** Runs the program that shows and sets access lists on Windows. */
function icacls(...args: string[]): void {
  const program = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'icacls.exe');
  execFileSync(program, args, { stdio: 'pipe' });
}

/** Reads the access list of a file or folder as SDDL: the output of icacls depends on the system's language. */
function accessTo(file: string): string {
  const saved = path.join(path.dirname(file), 'access.txt');
  icacls(file, '/save', saved);
  const text = readFileSync(saved, 'utf16le');
  rmSync(saved);
  return /^D:.*$/m.exec(text)?.[0] ?? text;
}

describe.concurrent('mondoo.yml', () => {
  test('holds every key of the credentials, and the additions of the step', async ({ stage }) => {
    const step = await stage.run({ annotations: 'team=web\nenvironment = production', name: 'gate' });
    const text = readFileSync(step.outputs['config-path']!, 'utf8');
    expect(text).toMatch(/^# Written by register-cnspec/);
    expect(text).toMatch(/^private_key: \|\n {2}-----BEGIN PRIVATE KEY-----\n/m);
    expect(text).toMatch(/^certificate: \|\n {2}-----BEGIN CERTIFICATE-----\n/m);
    expect(parse(text)).toEqual({
      ...stage.credentials,
      agent_mrn: step.outputs['client-mrn'],
      annotations: { team: 'web', environment: 'production' },
    });
    expect(stage.platform.clients).toEqual([expect.objectContaining({ name: 'gate' })]);
  });

  test.runIf(POSIX)('is readable only for its owner, in a folder of its owner', async ({ stage }) => {
    const { outputs } = await stage.run();
    const file = outputs['config-path']!;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  test.skipIf(POSIX)(
    "is readable only for its owner, regardless of its folder's access list",
    async ({ stage }) => {
      const job = await stage.job();
      const folder = path.join(job.folders.home, 'shared');
      mkdirSync(folder);
      // Files created in the folder are readable for everyone, and so is the folder.
      icacls(folder, '/grant', '*S-1-1-0:(OI)(CI)R');
      expect(accessTo(folder)).toContain(';WD)');

      const step = await job.runMain({
        inputs: {
          credentials: JSON.stringify(stage.credentials),
          'config-path': path.join(folder, 'mondoo.yml'),
        },
      });
      expect(step.outputs.status, step.log).toBe('ok');
      // Protected from inheritance, with one entry: allowed, full access, owner rights.
      expect(accessTo(step.outputs['config-path']!)).toMatch(/^D:P(?:AI)?\(A;;FA;;;(?:OW|S-1-3-4)\)$/);
      const later = await job.runScript(
        `import { readFileSync } from 'node:fs'; readFileSync(process.env.MONDOO_CONFIG_PATH);`,
      );
      expect(later.exitCode, later.stderr).toBe(0);
    },
  );

  test('is found by later steps, until post removes it with the folders that the step created', async ({
    stage,
  }) => {
    const step = await stage.run();
    expect(step.outputs['config-path']).toBe(
      path.join(step.job.folders.temp, '_github_home', '.config', 'mondoo', 'mondoo.yml'),
    );
    const later = await step.job.runScript(
      `import { readFileSync } from 'node:fs'; console.log(readFileSync(process.env.MONDOO_CONFIG_PATH, 'utf8').includes('agent_mrn'));`,
    );
    expect(later.log).toBe('true\n');

    const post = await step.job.runPost(step, { inputs: { credentials: '', 'config-path': '/elsewhere' } });
    expect(post.exitCode).toBe(0);
    expect(post.log).toContain('Removed mondoo.yml');
    expect(existsSync(path.join(step.job.folders.temp, '_github_home'))).toBe(false);
    // A client of a service account is not unregistered: that may revoke the account for everyone.
    expect(stage.platform.clients).toHaveLength(1);
  });

  test('is masked in the log of later steps, even as base64, whole and in lines', async ({ stage }) => {
    const step = await stage.run();
    const later = await step.job.runScript(
      `import { readFileSync } from 'node:fs';
const base64 = readFileSync(process.env.MONDOO_CONFIG_PATH).toString('base64');
console.log(base64);
console.log(base64.replace(/.{76}/g, '$&\\n'));
console.log(base64.replace(/.{64}/g, '$&\\n'));`,
    );
    // The last line may be too short to be masked.
    expect(later.log.replaceAll(/\*{3}|\s/g, '')).toMatch(/^[\w+/=]{0,30}$/);
  });

  test('goes into the folder that config-path names with a slash at its end', async ({ stage }) => {
    const step = await stage.run({ 'config-path': '../private/' });
    expect(step.outputs['config-path']).toBe(path.join(step.job.folders.workspace, '../private/mondoo.yml'));
  });

  test('goes to config-path, relative to the workspace', async ({ stage }) => {
    const step = await stage.run({ 'config-path': '../private/mondoo.yml' });
    expect(step.outputs['config-path']).toBe(path.join(step.job.folders.workspace, '../private/mondoo.yml'));
    expect(step.env.MONDOO_CONFIG_PATH).toBe(step.outputs['config-path']);
  });

  test('replaces the file of an earlier step, and the first post removes it with the key of both', async ({
    stage,
  }) => {
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const first = await job.runMain({ inputs });
    const second = await job.runMain({ inputs });
    expect(second.exitCode).toBe(0);
    const file = second.outputs['config-path']!;
    expect(readFileSync(file, 'utf8')).toContain(second.outputs['client-mrn']);

    const posts = [await job.runPost(second), await job.runPost(first)];
    expect(posts[0]!.log).toContain('Removed mondoo.yml');
    expect(posts[1]!.log).toContain('There is no mondoo.yml to remove');
    expect(existsSync(file)).toBe(false);
  });
});

describe.concurrent('a file that the action did not write', () => {
  test('is left alone, and the step fails before any request', async ({ stage }) => {
    const job = await stage.job();
    const file = path.join(job.folders.workspace, 'mondoo.yml');
    writeFileSync(file, 'mrn: theirs\n');
    const step = await job.runMain({
      inputs: { credentials: JSON.stringify(stage.credentials), 'config-path': file },
    });
    expect(step.outputs.status).toBe('runner-error');
    expect(step.outputs.error).toContain("this action didn't write it");
    await job.runPost(step);
    expect(readFileSync(file, 'utf8')).toBe('mrn: theirs\n');
    expect(stage.platform.requests).toEqual([]);
  });

  test('is not removed by post if it replaced ours', async ({ stage }) => {
    const step = await stage.run();
    const file = step.outputs['config-path']!;
    writeFileSync(file, 'mrn: theirs\n');
    const post = await step.job.runPost(step);
    expect(post.exitCode).toBe(0);
    expect(post.log).toContain('mondoo.yml was not removed');
    expect(readFileSync(file, 'utf8')).toBe('mrn: theirs\n');
  });

  test.runIf(POSIX)('behind a symbolic link is left alone', async ({ stage }) => {
    const job = await stage.job();
    const target = path.join(job.folders.home, 'target.yml');
    writeFileSync(target, '# Written by register-cnspec\n');
    const link = path.join(job.folders.home, 'mondoo.yml');
    symlinkSync(target, link);
    const step = await job.runMain({
      inputs: { credentials: JSON.stringify(stage.credentials), 'config-path': link },
    });
    expect(step.outputs.error).toContain('is a symbolic link');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('# Written by register-cnspec\n');
  });
});

test('if the path is not writable, the step fails before a client is created', async ({ stage }) => {
  const job = await stage.job();
  const file = path.join(job.folders.home, 'file');
  writeFileSync(file, '');
  const step = await job.runMain({
    inputs: { credentials: JSON.stringify(stage.credentials), 'config-path': path.join(file, 'mondoo.yml') },
  });
  expect(step.outputs.status).toBe('invalid-input');
  expect(step.outputs.error).toContain('could not write `mondoo.yml` to');
  expect(stage.platform.requests).toEqual([]);
});

test('a failed step leaves folders that existed before', async ({ stage }) => {
  const job = await stage.job();
  const folder = path.join(job.folders.temp, '_github_home');
  await mkdir(folder);
  stage.platform.revoke(stage.credentials.mrn);
  const step = await job.runMain({ inputs: { credentials: JSON.stringify(stage.credentials) } });
  expect(step.exitCode).toBe(1);
  expect(existsSync(folder)).toBe(true);
  expect(existsSync(path.join(folder, '.config'))).toBe(false);
});

describe.concurrent('the environment of later steps', () => {
  test('loses MONDOO_CONFIG_BASE64, which would override the file', async ({ stage }) => {
    const base64 = Buffer.from(JSON.stringify(stage.credentials)).toString('base64');
    const step = await stage.run({ credentials: '' }, { env: { MONDOO_CONFIG_BASE64: base64 } });
    expect(step.exitCode).toBe(0);
    expect(step.log).toContain('from the variable `MONDOO_CONFIG_BASE64` (base64 of JSON)');
    expect(step.env).toEqual({ MONDOO_CONFIG_PATH: step.outputs['config-path'], MONDOO_CONFIG_BASE64: '' });
    expect(step.annotations).toEqual([
      {
        level: 'notice',
        message: expect.stringContaining('emptied it for later steps. They use `mondoo.yml`'),
      },
    ]);
    expect(step.log).not.toContain(base64);
  });

  test('gets our MONDOO_CONFIG_PATH instead of another one, with a notice', async ({ stage }) => {
    const step = await stage.run({}, { env: { MONDOO_CONFIG_PATH: '/etc/opt/mondoo/mondoo.yml' } });
    expect(step.env.MONDOO_CONFIG_PATH).toBe(step.outputs['config-path']);
    expect(step.annotations).toEqual([
      {
        level: 'notice',
        message: expect.stringContaining('`MONDOO_CONFIG_PATH` was `/etc/opt/mondoo/mondoo.yml`'),
      },
    ]);
  });

  test('causes a warning if it overrides a key of the file', async ({ stage }) => {
    const step = await stage.run({}, { env: { MONDOO_API_ENDPOINT: 'https://eu.api.mondoo.com' } });
    expect(step.exitCode).toBe(0);
    expect(step.annotations).toEqual([
      { level: 'warning', message: expect.stringContaining('`MONDOO_API_ENDPOINT` is set') },
    ]);
  });

  test.for([
    ['MONDOO_TYPE', 'external_account', '`MONDOO_TYPE` is set.'],
    ['MONDOO_UPDATES_URL', 'https://mirror.example.org', '`MONDOO_UPDATES_URL` is set.'],
    ['MONDOO_API_PROXY', 'http://127.0.0.1:9', '`MONDOO_API_PROXY` is set.'],
    ['MONDOO_API_PROXY', '', '`MONDOO_API_PROXY` is set but empty.'],
    ['HTTPS_PROXY', '', '`HTTPS_PROXY` is set but empty.'],
  ] as const)(
    'causes a warning if it changes what cnspec does: %s=%s',
    async ([name, value, says], { stage }) => {
      const step = await stage.run({}, { env: { [name]: value } });
      expect(step.exitCode, step.log).toBe(0);
      expect(step.annotations).toEqual([{ level: 'warning', message: expect.stringContaining(says) }]);
    },
  );
});

test('a path is plain text in the log, in main and in post', async ({ stage }) => {
  const step = await stage.run({ 'config-path': '../a ##[error]injected/mondoo.yml' });
  expect(step.outputs.status, step.log).toBe('ok');
  const post = await step.job.runPost(step);
  expect([...step.annotations, ...post.annotations]).toEqual([]);
});
