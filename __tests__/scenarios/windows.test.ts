import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { recordedCalls, writeCnspec } from '../../simulator/cnspec-program.ts';
import { withDiskEvent } from '../../simulator/disk.ts';
import type { Job } from '../../simulator/runner.ts';
import { type ProgramConduct, simulateWindows } from '../../simulator/windows.ts';
import { outside } from './cnspec/on-path.ts';
import { type Stage, test } from './stage.ts';

const homeOf = ({ folders }: Job) => path.join(folders.temp, '_github_home');

describe.concurrent('config-path with a variable that only a shell expands', () => {
  test.for(['%USERPROFILE%\\mondoo.yml', '$env:TEMP\\mondoo.yml', '$HOME/mondoo.yml', '/tmp/${USER}/x.yml'])(
    'is rejected before any request: %s',
    async (place, { stage }) => {
      const step = await stage.run({ 'config-path': place });
      expect(step.outputs.status).toBe('invalid-input');
      expect(step.outputs.error).toMatch(/which only a shell replaces/);
      expect(stage.platform.requests).toEqual([]);
      expect(readdirSync(step.job.folders.workspace)).toEqual([]);
    },
  );
});

describe.concurrent('mondoo.yml that PowerShell rewrote', () => {
  const FORMS: [string, (text: string) => Buffer][] = [
    ['with a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
    ['as UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['as UTF-16 without a byte order mark', (text) => Buffer.from(text, 'utf16le')],
  ];

  test.for(FORMS)('%s: post finds the key', async ([, encode], { stage }) => {
    const step = await stage.run();
    const file = step.outputs['config-path']!;
    writeFileSync(file, encode(readFileSync(file, 'utf8')));
    const post = await step.job.runPost(step);
    expect(post).toMatchObject({ annotations: [], log: expect.stringContaining('Removed mondoo.yml') });
    expect(existsSync(file)).toBe(false);
  });

  test.for(FORMS)('%s: a later use works', async ([, encode], { stage }) => {
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials), 'config-path': '../own/mondoo.yml' };
    const first = await job.runMain({ inputs });
    const file = first.outputs['config-path']!;
    writeFileSync(file, encode(readFileSync(file, 'utf8')));
    const second = await job.runMain({ inputs });
    expect(second.outputs.status, second.log).toBe('ok');
    expect(second.annotations).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32').concurrent('a file that another program has open', () => {
  const IN_USE = /Another program, such as a virus scanner, has it open/;

  const runWith = async (stage: Stage, of: string, times: number | undefined, inputs = {}) => {
    const job = await stage.job();
    const event = withDiskEvent({ of, event: 'EBUSY', ...(times !== undefined && { times }) });
    const env = await simulateWindows(await outside(stage), {}, event);
    const credentials = JSON.stringify(stage.credentials);
    return { job, env, step: await job.runMain({ inputs: { credentials, ...inputs }, env }) };
  };

  test.for([
    ['is reserved', '^open of \\.mondoo\\.'],
    ['is looked at', '^lstat of mondoo\\.yml'],
    ['is moved into place', '^rename of'],
  ] as const)('is waited for while mondoo.yml %s', async ([, of], { stage }) => {
    const { step } = await runWith(stage, of, 15);
    expect(step.outputs.status, step.log).toBe('ok');
  });

  test.for(['^open of \\.mondoo\\.', '^rename of'])(
    'is reported as the cause at the timeout: %s',
    async (of, { stage }) => {
      const { job, step } = await runWith(stage, of, undefined, { timeout: '8s' });
      expect(step.outputs.status, step.log).toBe('runner-error');
      expect(step.outputs.error).toMatch(IN_USE);
      expect(existsSync(homeOf(job))).toBe(false);
    },
  );

  test('is waited for in post', async ({ stage }) => {
    const job = await stage.job();
    const main = await job.runMain({ inputs: { credentials: JSON.stringify(stage.credentials) } });
    const event = withDiskEvent({ of: '^unlink of mondoo\\.yml', event: 'EBUSY', times: 15 });
    const post = await job.runPost(main, { env: await simulateWindows(await outside(stage), {}, event) });
    expect(post.annotations).toEqual([]);
    expect(existsSync(homeOf(job))).toBe(false);
  });

  test('is named in post with the cause, and no longer holds a key', { timeout: 60_000 }, async ({
    stage,
  }) => {
    const job = await stage.job();
    const main = await job.runMain({ inputs: { credentials: JSON.stringify(stage.credentials) } });
    const file = main.outputs['config-path']!;
    const event = withDiskEvent({ of: '^unlink of mondoo\\.yml', event: 'EBUSY' });
    const post = await job.runPost(main, { env: await simulateWindows(await outside(stage), {}, event) });
    expect(post.exitCode).toBe(0);
    expect(post.annotations).toEqual([{ level: 'warning', message: expect.stringMatching(IN_USE) }]);
    expect(post.annotations[0]!.message).toContain(`\`${file}\` (EBUSY, overwritten)`);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('is left to post if the step itself can not remove it', async ({ stage }) => {
    stage.platform.revoke(stage.credentials.mrn);
    const { job, step } = await runWith(stage, '^unlink of', undefined);
    expect(step.outputs.status).toBe('unauthenticated');
    expect(existsSync(homeOf(job))).toBe(true);
    await job.runPost(step);
    expect(existsSync(homeOf(job))).toBe(false);
  });
});

test.concurrent('a file that may not be deleted is overwritten by post, but not one with another key', async ({
  stage,
}) => {
  const inputs = { credentials: JSON.stringify(stage.credentials) };
  const denied = withDiskEvent({ of: '^unlink of mondoo', event: 'EACCES' });
  const [job, other] = [await stage.job(), await stage.job()];
  const [main, foreign] = [await job.runMain({ inputs }), await other.runMain({ inputs })];
  const theirs = JSON.stringify(await stage.platform.mint());
  writeFileSync(foreign.outputs['config-path']!, theirs);

  const post = await job.runPost(main, { env: denied });
  expect(post.annotations[0]!.message).toMatch(/mondoo\.yml` \(EACCES, overwritten\)\. Remove them\.$/);
  expect(readFileSync(main.outputs['config-path']!, 'utf8')).toBe('');
  await other.runPost(foreign, { env: denied });
  expect(readFileSync(foreign.outputs['config-path']!, 'utf8')).toBe(theirs);
  rmSync(foreign.outputs['config-path']!);
});

describe.skipIf(process.platform === 'win32').concurrent('programs of Windows', () => {
  test.for(['fails', 'hangs'] as const)('taskkill %s: the step continues', async (taskkill, { stage }) => {
    const folder = await outside(stage);
    const record = path.join(folder, 'calls');
    const program = await writeCnspec(path.join(folder, 'bin'), { version: '13.0.0', kind: 'hang', record });
    renameSync(program, `${program}.exe`);
    const env = await simulateWindows(folder, { taskkill });
    const step = await stage.run(
      { timeout: '4s', 'verify-with-cnspec': 'true', 'fail-on': 'unauthenticated' },
      { env: { ...env, PATH: `${path.dirname(program)}:${process.env.PATH}` }, timeoutMs: 30_000 },
    );
    // Nothing but a working taskkill ends the children of a program.
    for (const { child } of await recordedCalls(record)) {
      if (child !== undefined) process.kill(child, 'SIGKILL');
    }
    expect(step.exitCode, step.log).toBe(0);
    expect(step.outputs.status).toBe('cnspec-failed');
    expect(step.log).toContain('timed out after');
  });

  test.for<[ProgramConduct, string, RegExp]>([
    ['fails', '1m', /icacls\.exe exited with code 1/],
    ['hangs', '2s', /icacls\.exe didn't exit within `timeout`/],
  ])('icacls that %s', async ([icacls, timeout, message], { stage }) => {
    const env = await simulateWindows(await outside(stage), { icacls });
    const step = await stage.run({ timeout }, { env, timeoutMs: 30_000 });
    expect(step.outputs.status, step.log).toBe('runner-error');
    expect(step.outputs.error).toMatch(message);
    expect(stage.platform.requests).toEqual([]);
    expect(existsSync(homeOf(step.job))).toBe(false);
  });

  test('a quoted entry in Path is searched', async ({ stage }) => {
    const folder = await outside(stage);
    const program = await writeCnspec(path.join(folder, 'Program Files'), {
      version: '13.0.0',
      kind: 'agreeing',
    });
    renameSync(program, `${program}.exe`);
    const env = await simulateWindows(folder);
    const step = await stage.run(
      {},
      { env: { ...env, PATH: `"${path.dirname(program)}":${process.env.PATH}` } },
    );
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.log).toContain(`running \`${program}.exe status\``);
  });
});

test.skipIf(process.platform === 'win32')(
  'a key file that another program has open: post waits, and unregisters',
  async ({ stage }) => {
    const job = await stage.job();
    const main = await job.runMain({
      inputs: { 'registration-token': await stage.platform.issueRegistrationToken() },
    });
    expect(stage.platform.clients).toHaveLength(1);
    const event = withDiskEvent({ of: '^readFile of .*key\\.json', event: 'EBUSY', times: 15 });
    const post = await job.runPost(main, { env: await simulateWindows(await outside(stage), {}, event) });
    expect(post.annotations).toEqual([]);
    expect(stage.platform.clients).toEqual([]);
  },
);
