import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { writeCnspec } from '../../../simulator/cnspec-program.ts';
import { createLatch } from '../../../simulator/latch.ts';
import type { Job, Step } from '../../../simulator/runner.ts';
import { until } from '../../../simulator/until.ts';
import { isGone } from '../../is-gone.ts';
import { type Stage, test } from '../stage.ts';
import { outside, pathWith, releasesFor } from './on-path.ts';

/** Packs a folder like a release for this system. */
async function pack(stage: Stage, fill: (folder: string) => unknown): Promise<Buffer> {
  const folder = path.join(await outside(stage), 'content');
  await mkdir(folder);
  await fill(folder);
  execFileSync('tar', ['-c', '-z', '--sparse', '-f', `${folder}.tar.gz`, '-C', folder, '.']);
  return readFile(`${folder}.tar.gz`);
}

const putCnspec = (folder: string) => writeCnspec(folder, { version: '13.0.0', kind: 'agreeing' });

async function writeTar(folder: string, script: string): Promise<string> {
  const file = path.join(folder, 'tar');
  await mkdir(folder, { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

async function installFrom(
  stage: Stage,
  job: Job,
  archive?: Buffer,
  options: Partial<Parameters<Job['runMain']>[0]> = {},
): Promise<Step> {
  const releases = await releasesFor(stage, { ...(archive && { archive }) });
  const inputs = {
    credentials: JSON.stringify(stage.credentials),
    'cnspec-version': '13.0.0',
    'updates-url': releases.url,
    ...options.inputs,
  };
  return job.runMain({ ...options, inputs });
}

/** The files that an installation may leave: temporary folders, and versions in the tool cache. */
function leftBy({ folders }: Job): string[] {
  const below = (folder: string, at: string) =>
    existsSync(path.join(folder, at)) ? [path.join(folder, at)] : [];
  return [
    ...readdirSync(folders.temp).filter((name) => name.startsWith('cnspec')),
    ...below(folders.toolCache, 'cnspec/13.0.0').flatMap((folder) => readdirSync(folder)),
  ];
}

// Windows has other archives, its own tar in a fixed place, and neither pipes nor signals.
describe.skipIf(process.platform === 'win32').concurrent('an archive with a good checksum', () => {
  test.for<[string, (folder: string) => unknown, RegExp]>([
    ['a link', (folder) => symlink('/etc', path.join(folder, 'data')), /data is neither a file/],
    ['a pipe', (folder) => execFileSync('mkfifo', [path.join(folder, 'pipe')]), /pipe is neither/],
    [
      'a link in place of the program',
      async (folder) => {
        await putCnspec(path.join(folder, 'lib'));
        await symlink('lib/cnspec', path.join(folder, 'cnspec'));
      },
      /cnspec is neither a file/,
    ],
    [
      'a name that would be a command to the runner',
      (folder) => symlink('/etc', path.join(folder, '##[error]planted')),
      /# #\[error\]planted is neither/,
    ],
    [
      'no program',
      (folder) => writeFile(path.join(folder, 'LICENSE'), 'x'),
      /contains no program named cnspec/,
    ],
    [
      'a folder in place of the program',
      (folder) => putCnspec(path.join(folder, 'cnspec')),
      /contains no program named cnspec/,
    ],
    [
      'a program that is not executable',
      (folder) => writeFile(path.join(folder, 'cnspec'), 'x', { mode: 0o644 }),
      /contains no program named cnspec/,
    ],
  ])('is rejected with %s, and nothing of it is kept', async ([what, fill, says], { stage }) => {
    const archive = await pack(stage, async (folder) => {
      if (!/program/.test(what)) await putCnspec(folder);
      await fill(folder);
    });
    const job = await stage.job();
    const step = await installFrom(stage, job, archive);
    expect(step, step.log).toMatchObject({ exitCode: 1, outputs: { status: 'cnspec-failed' } });
    expect(step.outputs.error).toMatch(says);
    expect(step.annotations).toHaveLength(1);
    expect(leftBy(job)).toEqual([]);

    const again = await installFrom(stage, job);
    expect(again, again.log).toMatchObject({ exitCode: 0, outputs: { 'cnspec-version': '13.0.0' } });
  });

  test('brings no setuid bits, and nothing that others may write', async ({ stage }) => {
    const archive = await pack(stage, async (folder) => {
      await putCnspec(folder);
      await chmod(path.join(folder, 'cnspec'), 0o6777);
      await mkdir(path.join(folder, 'lib'));
      await chmod(path.join(folder, 'lib'), 0o3777);
    });
    const job = await stage.job();
    const step = await installFrom(stage, job, archive);
    expect(step.exitCode, step.log).toBe(0);
    const modes = ['cnspec', 'lib'].map((name) => statSync(path.join(step.path[0]!, name)).mode & 0o7777);
    expect(modes).toEqual([0o755, 0o755]);
  });

  test('is rejected if it unpacks to more than 2 GiB', async ({ stage }) => {
    const archive = await pack(stage, async (folder) => {
      await putCnspec(folder);
      await writeFile(path.join(folder, 'huge'), '');
      await truncate(path.join(folder, 'huge'), 2 * 1024 ** 3);
    });
    const job = await stage.job();
    const step = await installFrom(stage, job, archive);
    expect(step.outputs.error).toContain('could not be unpacked: it unpacks to more than 2 GiB');
    expect(leftBy(job)).toEqual([]);
  });

  test("is rejected with tar's message if it is not an archive", async ({ stage }) => {
    const job = await stage.job();
    const step = await installFrom(stage, job, Buffer.from('not an archive'));
    expect(step.outputs.error).toMatch(
      /The archive cnspec_13\.0\.0_\w+\.tar\.gz has a valid checksum, but could not be unpacked: tar exited with code \d+\. .*Evidence: Output of tar: "/,
    );
    expect(leftBy(job)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32').concurrent('tar', () => {
  test('is never one in the workspace, nor are its helpers', async ({ stage }) => {
    const job = await stage.job();
    const bin = path.join(job.folders.workspace, 'bin');
    const tar = await writeTar(bin, 'touch "$0.ran"; exec /usr/bin/env PATH=/usr/bin:/bin tar "$@"');
    const gzip = path.join(bin, 'gzip');
    await writeFile(gzip, `#!/bin/sh\ntouch "$0.ran"; exec /usr/bin/env PATH=/usr/bin:/bin gzip "$@"\n`, {
      mode: 0o755,
    });
    const step = await installFrom(stage, job, undefined, { env: { PATH: pathWith(tar) } });
    expect(step.exitCode, step.log).toBe(0);
    expect(readdirSync(bin).toSorted()).toEqual(['gzip', 'tar']);
  });

  test('gets no secrets of the job, and its output is not executed as commands', async ({ stage }) => {
    const folder = await outside(stage);
    const record = path.join(folder, 'env');
    const tar = await writeTar(
      folder,
      `env > '${record}'; echo '::error::planted'; echo '::error::planted' >&2; echo 'a ##[error]planted' >&2; exit 3`,
    );
    const step = await installFrom(stage, await stage.job(), undefined, {
      env: { PATH: pathWith(tar), ACTIONS_RUNTIME_TOKEN: 'token', TAR_OPTIONS: '--absolute-names' },
    });
    expect(step.annotations).toHaveLength(1);
    expect(step.outputs.error).toContain('Output of tar: ": :error::planted a # #[error]planted"');
    const env = await readFile(record, 'utf8');
    expect(env).toMatch(/^HOME=/m);
    expect(env).not.toMatch(/^(?:INPUT_|ACTIONS_|GITHUB_|TAR_)/m);
  });

  test('is ended while it unpacks more than 2 GiB', async ({ stage }) => {
    const folder = await outside(stage);
    const tar = await writeTar(folder, 'for last; do :; done; truncate -s 3G "$last/half"; sleep 300');
    const job = await stage.job();
    const step = await installFrom(stage, job, undefined, { env: { PATH: pathWith(tar) } });
    expect(step.outputs.error).toContain('could not be unpacked: it unpacks to more than 2 GiB');
    expect(leftBy(job)).toEqual([]);
  });

  test('must exist', async ({ stage }) => {
    const step = await installFrom(stage, await stage.job(), undefined, {
      env: { PATH: await outside(stage) },
    });
    expect(step.outputs.error).toContain('tar could not be started (ENOENT)');
  });

  test.for(['time', 'cancel', 'kill'] as const)(
    'is ended with its children, and nothing remains: %s',
    async (end, { stage }) => {
      const folder = await outside(stage);
      const tar = await writeTar(
        folder,
        `for last; do :; done; echo x > "$last/half"; sleep 300 & echo $! $$ > '${folder}/pids.new'; mv '${folder}/pids.new' '${folder}/pids'; wait`,
      );
      const ending = new AbortController();
      const job = await stage.job();
      const running = installFrom(stage, job, undefined, {
        env: { PATH: pathWith(tar) },
        ...(end === 'time' ? { inputs: { timeout: '20s' } } : { [end]: ending.signal }),
      });
      await until(() => existsSync(path.join(folder, 'pids')), running);
      ending.abort();
      const step = await running;
      if (end === 'time') expect(step.outputs.error).toContain('could not be unpacked: tar timed out after ');
      if (end === 'cancel') expect(step.log).toContain('→ the job was cancelled (SIGINT)');
      const pids = (await readFile(path.join(folder, 'pids'), 'utf8')).trim().split(' ').map(Number);
      if (end === 'kill') {
        expect(leftBy(job).length).toBeGreaterThanOrEqual(2);
        // If the step was killed, nothing could end them.
        for (const pid of pids) process.kill(pid, 'SIGKILL');
        await job.runPost(step);
      }
      for (const pid of pids) expect(await isGone(pid)).toBe(true);
      expect(leftBy(job)).toEqual([]);
    },
  );
});

describe.concurrent('an aborted download', () => {
  test.for(process.platform === 'win32' ? (['kill'] as const) : (['kill', 'cancel'] as const))(
    'leaves nothing behind after post: %s',
    async (end, { stage }) => {
      const releases = await releasesFor(stage);
      releases.fault('archive', { kind: 'half', end: 'silence' });
      const ending = new AbortController();
      const job = await stage.job();
      const inputs = {
        credentials: JSON.stringify(stage.credentials),
        'cnspec-version': '13.0.0',
        'updates-url': releases.url,
      };
      const running = job.runMain({ inputs, [end]: ending.signal });
      await until(() => leftBy(job).length > 0, running);
      ending.abort();
      const step = await running;
      expect(leftBy(job)).toHaveLength(end === 'kill' ? 1 : 0);
      expect((await job.runPost(step)).exitCode).toBe(0);
      expect(leftBy(job)).toEqual([]);
    },
  );
});

describe('two jobs with one tool cache', () => {
  test("use the version that is finished first, and don't change it", async ({ stage }) => {
    const releases = await releasesFor(stage);
    const { opened, open } = createLatch();
    releases.fault('archive', { kind: 'held', until: opened, acts: 'before' }, 1);
    const cache = await outside(stage);
    const run = async () => {
      const job = await stage.job({ env: { RUNNER_TOOL_CACHE: cache } });
      const inputs = {
        credentials: JSON.stringify(stage.credentials),
        'cnspec-version': '13.0.0',
        'updates-url': releases.url,
      };
      return job.runMain({ inputs });
    };
    const slow = run();
    await until(() => releases.requests.some((file) => /\.(?:tar\.gz|zip)$/.test(file)), slow);
    const fast = await run();
    expect(fast, fast.log).toMatchObject({ exitCode: 0, outputs: { 'cnspec-version': '13.0.0' } });
    const folder = fast.path[0] as string;
    const { ino, mtimeMs } = statSync(folder);
    open();
    const step = await slow;
    expect(step, step.log).toMatchObject({ exitCode: 0, outputs: { 'cnspec-version': '13.0.0' } });
    expect(step.path).toEqual([folder]);
    expect(statSync(folder)).toMatchObject({ ino, mtimeMs });
    expect(readdirSync(path.dirname(folder)).toSorted()).toEqual([process.arch, `${process.arch}.complete`]);
  });
});
