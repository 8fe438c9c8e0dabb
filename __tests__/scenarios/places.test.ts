import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
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

/** Where mondoo.yml goes in a job when nobody says where. */
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

describe.runIf(POSIX)('what stands in the place of mondoo.yml is left as it is', { concurrent: true }, () => {
  test('a folder', async ({ stage }) => {
    const job = await stage.job();
    mkdirSync(path.join(defaultPath(job), 'theirs'), { recursive: true });
    const step = await register(job, stage);
    expectRefused(step, /mondoo\.yml` is not a file\. The step left it unchanged/, stage);
    await job.runPost(step);
    expect(readdirSync(defaultPath(job))).toEqual(['theirs']);
  });

  test('a named pipe, which nobody waits for', async ({ stage }) => {
    const job = await stage.job();
    const pipe = path.join(job.folders.home, 'mondoo.yml');
    execFileSync('mkfifo', [pipe]);
    const step = await register(job, stage, pipe);
    expectRefused(step, /mondoo\.yml` is not a file/, stage);
    await job.runPost(step);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test('a named pipe that took the place of ours, by post', async ({ stage }) => {
    const step = await stage.run();
    const file = step.outputs['config-path']!;
    execFileSync('sh', ['-c', 'rm "$0" && mkfifo "$0"', file]);
    const post = await step.job.runPost(step);
    expect(post.log).toContain('Left mondoo.yml alone');
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  test('a link to a file of ours, by post', async ({ stage }) => {
    const step = await stage.run();
    const file = step.outputs['config-path']!;
    const elsewhere = path.join(step.job.folders.home, 'mondoo.yml');
    execFileSync('sh', ['-c', 'mv "$0" "$1" && ln -s "$1" "$0"', file, elsewhere]);
    const post = await step.job.runPost(step);
    expect(post.log).toContain('Left mondoo.yml alone');
    expect(existsSync(elsewhere)).toBe(true);
    rmSync(elsewhere);
  });

  test('another name of a file of ours: only the name is replaced', async ({ stage }) => {
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

describe.concurrent('a job that shares a place with another', () => {
  test('leaves its file alone when it fails, and replaces it when it passes', async ({ stage }) => {
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
    // Both hold the same key, which must not outlive the first of the two jobs.
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

  test('has a place of its own where nobody says where', async ({ stage }) => {
    const paths = await Promise.all([1, 2].map(async () => (await stage.run()).outputs['config-path']));
    expect(new Set(paths).size).toBe(2);
  });
});

describe('a use that fails leaves what an earlier one of the same job wrote', () => {
  test.for([
    ['in its own place', {}, (job: Job) => path.join(job.folders.home, 'kept', 'mondoo.yml')],
    ['in a step that knows nothing of it', { MONDOO_CONFIG_PATH: '' }, () => ''],
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

test('a use that fails leaves the file of an earlier one also where the two would hold the same', async ({
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

test('a use whose file cannot be moved into place leaves the one of an earlier use with the same key', async ({
  stage,
}) => {
  const job = await stage.job();
  const inputs = { credentials: JSON.stringify(stage.credentials) };
  const first = await job.runMain({ inputs });
  // The same use once more, to know the number of the operation.
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
  'a key that was stored %s is written as cnspec reads it, and removed by post',
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
    ['without our mark, as `cnspec login` does', (text) => text.replace(/^#.*\n/, '')],
    ['with more in it', (text) => `${text}# changed\n`],
    ['as JSON', (text) => JSON.stringify(parse(text))],
  ])('%s is removed, as it holds the key', async ([, change], { stage }) => {
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
          /^Left mondoo\.yml alone, as it holds another private key now\. Remove the file if no step needs it: /,
        ),
      },
    ]);
    rmSync(file);
  });

  test('without a key is left alone', async ({ stage }) => {
    const { file, post } = await rewriteWith(stage, () => 'mrn: theirs\n');
    expect(post).toMatchObject({ annotations: [], log: expect.stringContaining('Left mondoo.yml alone') });
    expect(existsSync(file)).toBe(true);
  });
});

test('a file in the default place that MONDOO_CONFIG_PATH names is replaced without our mark', async ({
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
    expect.stringContaining(`had another service account, ${other.mrn}`),
  ]);
  await job.runPost(second);
  expect(existsSync(file)).toBe(false);
});

describe.concurrent('a place inside of the workspace', () => {
  test.for(['mondoo.yml', 'deep/er/mondoo.yml', '..er/mondoo.yml'])(
    'is warned of: %s',
    async (place, { stage }) => {
      const step = await stage.run({ 'config-path': place });
      expect(step.outputs.status).toBe('ok');
      expect(step.annotations).toEqual([
        { level: 'warning', message: expect.stringMatching(/can end up in an image, a cache, an artifact/) },
      ]);
    },
  );

  test.skipIf(!POSIX)('is warned of where a link leads there', async ({ stage }) => {
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

  test.for(['../mondoo.yml', ''])('is not what this is: "%s"', async (place, { stage }) => {
    const step = await stage.run({ 'config-path': place });
    expect(step.annotations).toEqual([]);
  });
});

/** Root may write anywhere, so the step is run as nobody then. */
const AS_NOBODY =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

describe.runIf(process.platform === 'linux')('a folder that this user may not write', () => {
  test('is told with what may be the cause, before anything is asked', async ({ stage }) => {
    const job = await stage.job();
    if (AS_NOBODY.length > 0) execFileSync('chown', ['-R', '65534:65534', job.folders.root]);
    // As a container that ran as root leaves it.
    const home = path.join(job.folders.temp, '_github_home');
    mkdirSync(home, { mode: 0o555 });
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const step = await job.runMain({ inputs, launcher: AS_NOBODY });
    expectRefused(step, /could not write mondoo\.yml to .* \(EACCES\)/, stage);
    expect(step.annotations.at(-1)!.message).toMatch(
      /may belong to another user, for example to root in a container/,
    );
    expect(readdirSync(home)).toEqual([]);
    const post = await job.runPost(step, { launcher: AS_NOBODY });
    expect(post.annotations).toEqual([]);
  });

  test('any more is named by post, with the key in it', async ({ stage }) => {
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
          /could not remove its files: .*mondoo\.yml \(EACCES\).*may hold a private key/,
        ),
      },
    ]);
    chmodSync(path.dirname(file), 0o700);
  });
});

/** Mounts a file system of so many bytes, where this user may. */
function mountSmall(folder: string, bytes: number): boolean {
  mkdirSync(folder);
  const mount = ['mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=777`, 'tmpfs', folder];
  for (const [command, ...args] of [mount, ['sudo', '-n', ...mount]]) {
    try {
      execFileSync(command!, args, { stdio: 'ignore' });
      return true;
    } catch {
      // The next way, if there is one.
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

describe.runIf(process.platform === 'linux')('a file system that is full', () => {
  test.for([0, 4096, 12_288])(
    'is found before anything is created: %d bytes left',
    async (left, { stage, skip }) => {
      const job = await stage.job();
      const folder = path.join(job.folders.home, 'small');
      if (!mountSmall(folder, 65_536)) return skip('this user may not mount a file system');
      try {
        writeFileSync(path.join(folder, 'theirs'), Buffer.alloc(65_536 - left));
        const step = await register(job, stage, path.join(folder, 'mondoo.yml'));
        expectRefused(step, /could not write mondoo\.yml to .* \(ENOSPC\)/, stage);
        expect(step.annotations.at(-1)!.message).toMatch(/Free disk space/);
        expect(readdirSync(folder)).toEqual(['theirs']);
      } finally {
        unmount(folder);
      }
    },
  );
});

describe.runIf(POSIX)('the umask', () => {
  test('that gives everything to everybody gives no key', async ({ stage }) => {
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
