import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { readRecord, withDiskEvent, withDiskRecord } from '../../simulator/disk.ts';
import type { Job, Step } from '../../simulator/runner.ts';
import { until } from '../../simulator/until.ts';
import { type Stage, test } from './stage.ts';

const POSIX = process.platform !== 'win32';
const OURS = '# Written by register-cnspec\nmrn: of another run\n';

function defaultPath({ folders }: Job): string {
  return path.join(folders.temp, '_github_home', '.config', 'mondoo', 'mondoo.yml');
}

/** Runs the step in a job with the credentials of the stage. */
function register(job: Job, { credentials }: Stage, configPath = ''): Promise<Step> {
  return job.runMain({ inputs: { credentials: JSON.stringify(credentials), 'config-path': configPath } });
}

function expectRefused(step: Step, says: RegExp, { platform }: Stage): void {
  expect(step.exitCode).toBe(1);
  expect(step.outputs.status).toBe('runner-error');
  expect(step.outputs.error).toMatch(says);
  expect(platform.requests).toEqual([]);
}

describe.runIf(POSIX)('other things in place of mondoo.yml remain unchanged', { concurrent: true }, () => {
  test('a folder', async ({ stage }) => {
    const job = await stage.job();
    mkdirSync(path.join(defaultPath(job), 'theirs'), { recursive: true });
    const step = await register(job, stage);
    expectRefused(step, /mondoo\.yml` is not a file\. The step left it unchanged/, stage);
    await job.runPost(step);
    expect(readdirSync(defaultPath(job))).toEqual(['theirs']);
  });

  test('a named pipe, without waiting for a writer', async ({ stage }) => {
    const job = await stage.job();
    const pipe = path.join(job.folders.home, 'mondoo.yml');
    execFileSync('mkfifo', [pipe]);
    const step = await register(job, stage, pipe);
    expectRefused(step, /mondoo\.yml` is not a file/, stage);
    await job.runPost(step);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test('a named pipe that replaced ours, by post', async ({ stage }) => {
    const step = await stage.run();
    const file = step.outputs['config-path']!;
    execFileSync('sh', ['-c', 'rm "$0" && mkfifo "$0"', file]);
    const post = await step.job.runPost(step);
    expect(post.log).toContain('mondoo.yml was not removed');
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  test('a link to a file of ours, by post', async ({ stage }) => {
    const step = await stage.run();
    const file = step.outputs['config-path']!;
    const elsewhere = path.join(step.job.folders.home, 'mondoo.yml');
    execFileSync('sh', ['-c', 'mv "$0" "$1" && ln -s "$1" "$0"', file, elsewhere]);
    const post = await step.job.runPost(step);
    expect(post.log).toContain('mondoo.yml was not removed');
    expect(existsSync(elsewhere)).toBe(true);
    rmSync(elsewhere);
  });

  test('a hard link to a file of ours: only the name is replaced', async ({ stage }) => {
    const job = await stage.job();
    const [file, name] = [defaultPath(job), path.join(job.folders.home, 'other-name')];
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(name, OURS);
    linkSync(name, file);
    const step = await register(job, stage);
    expect(step.outputs.status, step.log).toBe('ok');
    expect(readFileSync(name, 'utf8')).toBe(OURS);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.for(['_github_home', '_github_home/.config', '_github_home/.config/mondoo'])(
    'a link in its path: %s',
    async (name, { stage }) => {
      const job = await stage.job();
      const link = path.join(job.folders.temp, name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(job.folders.workspace, link);
      const step = await register(job, stage);
      expectRefused(step, /is not a folder, or it is a link to one\. The step left it unchanged/, stage);
      await job.runPost(step);
      expect(readdirSync(job.folders.workspace)).toEqual([]);
    },
  );
});

describe.concurrent('a job that shares a path with another', () => {
  test("leaves the other's file alone if it fails, and replaces it if it passes", async ({ stage }) => {
    const [one, other] = [await stage.job(), await stage.job()];
    const shared = path.join(one.folders.home, 'shared', 'mondoo.yml');
    const first = await register(one, stage, shared);
    const before = readFileSync(shared, 'utf8');

    stage.platform.fault('AgentManager/PingPong', [{ kind: 'error', code: 7, message: 'denied' }]);
    const failed = await register(other, stage, shared);
    expect(failed.outputs.status).toBe('permission-denied');
    expect(readFileSync(shared, 'utf8')).toBe(before);

    const second = await register(other, stage, shared);
    expect(second.outputs.status).toBe('ok');
    const firstPost = await one.runPost(first);
    // Both files hold the same key, which must not outlive the first of the two jobs.
    expect(firstPost.log).toContain('Removed mondoo.yml');
    expect(existsSync(shared)).toBe(false);
    const secondPost = await other.runPost(second);
    expect(secondPost.log).toContain('There is no mondoo.yml to remove');
  });

  test('begins at the same moment, and neither loses anything', async ({ stage }) => {
    const jobs = [await stage.job(), await stage.job()];
    const shared = path.join(jobs[0]!.folders.home, 'new', 'shared', 'mondoo.yml');
    const steps = await Promise.all(jobs.map((job) => register(job, stage, shared)));
    expect(steps.map(({ outputs }) => outputs.status)).toEqual(['ok', 'ok']);
    const text = readFileSync(shared, 'utf8');
    expect(steps.filter(({ outputs }) => text.includes(outputs['client-mrn']!))).toHaveLength(1);
    for (const [index, job] of jobs.entries()) await job.runPost(steps[index]!);
    expect(existsSync(shared)).toBe(false);
  });

  test('has its own default path', async ({ stage }) => {
    const paths = await Promise.all([1, 2].map(async () => (await stage.run()).outputs['config-path']));
    expect(new Set(paths).size).toBe(2);
  });
});

describe('a failed use keeps the file of an earlier use in the same job', () => {
  test.for([
    ['at its own path', {}, (job: Job) => path.join(job.folders.home, 'kept', 'mondoo.yml')],
    ['in a step that does not know of it', { MONDOO_CONFIG_PATH: '' }, () => ''],
  ] as const)('%s', async ([, env, place], { stage }) => {
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials), 'config-path': place(job) };
    const first = await job.runMain({ inputs });
    await job.runMain({ inputs: { ...inputs, 'config-path': '../elsewhere/mondoo.yml' } });
    const file = first.outputs['config-path']!;
    const before = readFileSync(file, 'utf8');
    stage.platform.revoke(stage.credentials.mrn);
    const failed = await job.runMain({ inputs, env });
    expect(failed.outputs.status).toBe('unauthenticated');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

test('a failed use keeps the file of an earlier use even if both have the same content', async ({
  stage,
}) => {
  const job = await stage.job();
  const inputs = { credentials: JSON.stringify(stage.credentials), register: 'false' };
  const first = await job.runMain({ inputs });
  const failed = await job.runMain({
    inputs: { ...inputs, 'cnspec-version': '99', 'updates-url': 'http://127.0.0.1:1' },
  });
  expect(failed.outputs.status).toBe('cnspec-failed');
  expect(existsSync(first.outputs['config-path']!)).toBe(true);
  await job.runPost(failed);
  expect(existsSync(first.outputs['config-path']!)).toBe(true);
  await job.runPost(first);
  expect(existsSync(first.outputs['config-path']!)).toBe(false);
});

test('a use whose file cannot be moved into place keeps the file of an earlier use with the same key', async ({
  stage,
}) => {
  const job = await stage.job();
  const inputs = { credentials: JSON.stringify(stage.credentials) };
  const first = await job.runMain({ inputs });
  // Run the same use once more to count its file operations.
  const record = path.join(job.folders.home, 'record');
  await job.runMain({ inputs, env: withDiskRecord(record) });
  const rename = readRecord(record).findIndex(({ name }) => name === 'rename') + 1;
  expect(rename).toBeGreaterThan(0);
  const failed = await job.runMain({ inputs, env: withDiskEvent({ at: rename, event: 'EIO' }) });
  expect(failed.outputs.status, failed.log).toBe('runner-error');
  await job.runPost(failed);
  expect(existsSync(first.outputs['config-path']!)).toBe(true);
  await job.runPost(first);
  expect(existsSync(first.outputs['config-path']!)).toBe(false);
});

test.for([
  ['indented with tabs', (pem: string) => pem.replace(/\n(?=[^-])/g, '\n\t')],
  ['with CRLF', (pem: string) => pem.replaceAll('\n', '\r\n')],
  ['with trailing blanks', (pem: string) => pem.replaceAll('\n', ' \n')],
] as const)(
  'a key that was stored %s is written as cnspec parses it, and removed by post',
  async ([, change], { stage }) => {
    const credentials = { ...stage.credentials, private_key: change(stage.credentials.private_key) };
    const step = await stage.run({ credentials: JSON.stringify(credentials) });
    const file = step.outputs['config-path']!;
    expect(parse(readFileSync(file, 'utf8')).private_key).toBe(stage.credentials.private_key);
    await step.job.runPost(step);
    expect(existsSync(file)).toBe(false);
  },
);

describe('a file that a later step rewrote', () => {
  const rewriteWith = async (stage: Stage, change: (text: string) => string) => {
    const step = await stage.run();
    const file = step.outputs['config-path']!;
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    return { file, post: await step.job.runPost(step) };
  };

  test.for<[string, (text: string) => string]>([
    ['without our mark, as `cnspec login` writes it', (text) => text.replace(/^#.*\n/, '')],
    ['with additional keys', (text) => `${text}# changed\n`],
    ['as JSON', (text) => JSON.stringify(parse(text))],
  ])('%s is removed, because it holds the key', async ([, change], { stage }) => {
    const { file, post } = await rewriteWith(stage, change);
    expect(post).toMatchObject({ annotations: [], log: expect.stringContaining('Removed mondoo.yml: ') });
    expect(existsSync(file)).toBe(false);
  });

  test('with another key is left alone, with a warning', async ({ stage }) => {
    const other = await stage.platform.mint();
    const { file, post } = await rewriteWith(stage, () => JSON.stringify(other));
    expect(post.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringMatching(
          /^mondoo\.yml was not removed, because it now holds another private key\. Remove it if no step needs it: /,
        ),
      },
    ]);
    rmSync(file);
  });

  test('without a key is left alone', async ({ stage }) => {
    const { file, post } = await rewriteWith(stage, () => 'mrn: theirs\n');
    expect(post).toMatchObject({
      annotations: [],
      log: expect.stringContaining('mondoo.yml was not removed'),
    });
    expect(existsSync(file)).toBe(true);
  });
});

test('a file at a default path that MONDOO_CONFIG_PATH names is replaced even without our mark', async ({
  stage,
}) => {
  const job = await stage.job();
  const first = await register(job, stage);
  const file = first.outputs['config-path']!;
  const other = await stage.platform.mint();
  writeFileSync(file, stringify(other));
  const second = await register(job, stage);
  expect(second.outputs.status, second.log).toBe('ok');
  expect(second.annotations.map(({ message }) => message)).toEqual([
    expect.stringContaining(`It was \`${other.mrn}\`, now it is`),
  ]);
  await job.runPost(second);
  expect(existsSync(file)).toBe(false);
});

describe.concurrent('a path inside the workspace', () => {
  test.for(['mondoo.yml', 'deep/er/mondoo.yml', '..er/mondoo.yml'])(
    'causes a warning: %s',
    async (place, { stage }) => {
      const step = await stage.run({ 'config-path': place });
      expect(step.outputs.status).toBe('ok');
      expect(step.annotations).toEqual([
        { level: 'warning', message: expect.stringMatching(/can end up in an image, a cache, an artifact/) },
      ]);
    },
  );

  test.skipIf(!POSIX)('is also recognized through a link', async ({ stage }) => {
    const job = await stage.job();
    symlinkSync(job.folders.workspace, path.join(job.folders.home, 'link'));
    const step = await register(job, stage, path.join(job.folders.home, 'link', 'new', 'mondoo.yml'));
    expect(step.outputs.status).toBe('ok');
    expect(step.annotations).toEqual([
      { level: 'warning', message: expect.stringMatching(/can end up in an image, a cache, an artifact/) },
    ]);
    await job.runPost(step);
    expect(readdirSync(job.folders.workspace)).toEqual([]);
  });

  test.for(['../mondoo.yml', ''])('does not include "%s"', async (place, { stage }) => {
    const step = await stage.run({ 'config-path': place });
    expect(step.annotations).toEqual([]);
  });
});

/** Root can write anywhere, so the step then runs as the user nobody. */
const AS_NOBODY =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

describe.runIf(process.platform === 'linux')('a folder that this user cannot write to', () => {
  test('is reported with its likely cause, before any request', async ({ stage }) => {
    const job = await stage.job();
    if (AS_NOBODY.length > 0) execFileSync('chown', ['-R', '65534:65534', job.folders.root]);
    // A container that runs as root leaves it like this.
    const home = path.join(job.folders.temp, '_github_home');
    mkdirSync(home, { mode: 0o555 });
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const step = await job.runMain({ inputs, launcher: AS_NOBODY });
    expectRefused(step, /could not write `mondoo\.yml` to .* \(EACCES\)/, stage);
    expect(step.annotations.at(-1)!.message).toMatch(
      /may belong to another user, for example to root in a container/,
    );
    expect(readdirSync(home)).toEqual([]);
    const post = await job.runPost(step, { launcher: AS_NOBODY });
    expect(post.annotations).toEqual([]);
  });

  test('after main is reported by post, with the key that it may hold', async ({ stage }) => {
    const job = await stage.job();
    if (AS_NOBODY.length > 0) execFileSync('chown', ['-R', '65534:65534', job.folders.root]);
    const step = await job.runMain({
      inputs: { credentials: JSON.stringify(stage.credentials) },
      launcher: AS_NOBODY,
    });
    const file = step.outputs['config-path']!;
    chmodSync(path.dirname(file), 0o000);
    const post = await job.runPost(step, { launcher: AS_NOBODY });
    expect(post.exitCode).toBe(0);
    expect(post.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringMatching(
          /could not remove its files: .*mondoo\.yml` \(EACCES\).*may hold a private key/,
        ),
      },
    ]);
    chmodSync(path.dirname(file), 0o700);
  });
});

describe.runIf(POSIX).concurrent('config-path in a folder that others may write to', () => {
  const SHARED = /leads to \S+, which other users may write to\. Other users could replace `mondoo\.yml`/;

  test.for<[string, number, (job: Job) => string, RegExp | undefined]>([
    ['is rejected', 0o777, ({ folders }) => path.join(folders.home, 'shared', 'mondoo.yml'), SHARED],
    [
      'is rejected for a new folder in it',
      0o777,
      ({ folders }) => path.join(folders.home, 'shared/a/b.yml'),
      SHARED,
    ],
    [
      'is rejected if a link leads there',
      0o777,
      ({ folders }) => path.join(folders.home, 'link', 'it'),
      SHARED,
    ],
    [
      'is fine with the sticky bit',
      0o1777,
      ({ folders }) => path.join(folders.home, 'shared', 'it'),
      undefined,
    ],
    [
      'is fine if only the group may',
      0o775,
      ({ folders }) => path.join(folders.home, 'shared', 'it'),
      undefined,
    ],
  ])('%s', async ([, mode, place, says], { stage }) => {
    const job = await stage.job();
    const shared = path.join(job.folders.home, 'shared');
    mkdirSync(shared);
    chmodSync(shared, mode);
    symlinkSync(shared, path.join(job.folders.home, 'link'));
    const step = await register(job, stage, place(job));
    expect(step.outputs.status, step.log).toBe(says ? 'invalid-input' : 'ok');
    await job.runPost(step);
    if (!says) return;
    expect(step.outputs.error).toMatch(says);
    expect(stage.platform.requests).toEqual([]);
    expect(readdirSync(shared)).toEqual([]);
  });
});

// Root may give a folder to another user, and run the step as one.
describe.runIf(AS_NOBODY.length > 0).concurrent('config-path in a folder of another user', () => {
  const OTHER = 65_533;

  test.for<[string, owner: number, status: string]>([
    ['is rejected', OTHER, 'invalid-input'],
    ["is accepted if it is the step's own", 65_534, 'ok'],
    ['is accepted if it is root, but is not writable', 0, 'runner-error'],
  ])('%s', async ([, owner, status], { stage }) => {
    const job = await stage.job();
    execFileSync('chown', ['-R', '65534:65534', job.folders.root]);
    const folder = path.join(job.folders.home, 'theirs');
    mkdirSync(folder, { mode: 0o755 });
    chownSync(folder, owner, owner);
    const inputs = {
      credentials: JSON.stringify(stage.credentials),
      'config-path': path.join(folder, 'mondoo.yml'),
    };
    const step = await job.runMain({ inputs, launcher: AS_NOBODY });
    expect(step.outputs.status, step.log).toBe(status);
    if (owner === OTHER)
      expect(step.outputs.error).toMatch(/which belongs to another user\. Other users could replace/);
    await job.runPost(step, { launcher: AS_NOBODY });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is rejected if a link of another user leads to an own folder', async ({ stage }) => {
    const job = await stage.job();
    const [link, own] = ['link', 'own'].map((name) => path.join(job.folders.home, name)) as [string, string];
    mkdirSync(own);
    symlinkSync(own, link);
    lchownSync(link, OTHER, OTHER);
    const step = await register(job, stage, path.join(link, 'mondoo.yml'));
    expect(step.outputs.status, step.log).toBe('invalid-input');
    expect(step.outputs.error).toMatch(/which belongs to another user/);
  });

  test('is accepted in a container if its owner also owns the workspace', async ({ stage }) => {
    const job = await stage.job();
    const folder = path.join(job.folders.home, 'runner');
    mkdirSync(folder);
    for (const name of [folder, job.folders.workspace]) chownSync(name, OTHER, OTHER);
    const step = await register(job, stage, path.join(folder, 'mondoo.yml'));
    expect(step.outputs.status, step.log).toBe('ok');
    await job.runPost(step);
  });
});

/** Mounts a file system of this size, if this user may. */
function mountSmall(folder: string, bytes: number): boolean {
  mkdirSync(folder);
  const mount = ['mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=1777`, 'tmpfs', folder];
  for (const [command, ...args] of [mount, ['sudo', '-n', ...mount]]) {
    try {
      execFileSync(command!, args, { stdio: 'ignore' });
      return true;
    } catch {
      // Try the next command, if there is one.
    }
  }
  return false;
}

function unmount(folder: string): void {
  try {
    execFileSync('umount', [folder], { stdio: 'ignore' });
  } catch {
    execFileSync('sudo', ['-n', 'umount', folder], { stdio: 'ignore' });
  }
}

describe.runIf(process.platform === 'linux')('a full file system', () => {
  test.for([0, 4096, 12_288])(
    'is detected before a client is created: %d bytes left',
    async (left, { stage, skip }) => {
      const job = await stage.job();
      const folder = path.join(job.folders.home, 'small');
      if (!mountSmall(folder, 65_536)) return skip('this user may not mount a file system');
      try {
        writeFileSync(path.join(folder, 'theirs'), Buffer.alloc(65_536 - left));
        const step = await register(job, stage, path.join(folder, 'mondoo.yml'));
        expectRefused(step, /could not write `mondoo\.yml` to .* \(ENOSPC\)/, stage);
        expect(step.annotations.at(-1)!.message).toMatch(/Free disk space/);
        expect(readdirSync(folder)).toEqual(['theirs']);
      } finally {
        unmount(folder);
      }
    },
  );
});

describe.runIf(POSIX)('the umask', () => {
  test('that allows everything gives others no access to the key', async ({ stage }) => {
    const job = await stage.job();
    const before = process.umask(0);
    const running = register(job, stage);
    try {
      await until(() => stage.platform.requests.length > 0, running);
    } finally {
      process.umask(before);
    }
    const step = await running;
    const file = step.outputs['config-path']!;
    const modes = [file, ...['..', '../..', '../../..'].map((up) => path.resolve(file, up))].map(
      (place) => statSync(place).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o700, 0o755, 0o755]);
  });
});
