import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ReleasesOptions, startReleases } from '../../simulator/releases.ts';
import { install } from '../../src/cnspec/install.ts';
import { Releases } from '../../src/cnspec/releases.ts';
import type { VersionWish } from '../../src/cnspec/version.ts';
import { ActionError } from '../../src/errors.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { openHttp, USER_AGENT } from '../platform/loopback-server.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'install-'));
  vi.stubEnv('RUNNER_TEMP', path.join(root, 'temp'));
  vi.stubEnv('RUNNER_TOOL_CACHE', path.join(root, 'tools'));
  // The toolkit tells on stdout what it does.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

async function installFrom(options: ReleasesOptions, wish: VersionWish, timeout = 20_000) {
  const host = await startReleases(options);
  onTestFinished(() => host.close());
  const releases = new Releases(openHttp(), { url: host.url, userAgent: USER_AGENT });
  const newest = releases.newest();
  newest.catch(() => {});
  const told: string[] = [];
  const scratch: string[][] = [];
  const installing = install(wish, {
    releases,
    newest,
    machine: process,
    env: process.env,
    userAgent: USER_AGENT,
    proxy: undefined,
    deadline: new Deadline(timeout),
    onDownload: (version) => told.push(`downloading ${version}`),
    onProgress: ({ complete }) => told.push(complete ? 'complete' : 'under way'),
    onScratch: (folders) => scratch.push(folders),
  });
  return { installing, told, host, scratch };
}

const EXACT: VersionWish = { kind: 'exact', version: '13.0.0' };

describe('install', () => {
  it('puts a version into the tool cache, and takes it from there the next time', async () => {
    const first = await installFrom({}, EXACT);
    const folder = path.join(root, 'tools', 'cnspec', '13.0.0', process.arch);
    expect(await first.installing).toMatchObject({ version: '13.0.0', folder, cached: false });
    expect(first.told).toEqual(['downloading 13.0.0', 'complete']);
    expect(await readdir(path.join(root, 'temp'))).toEqual([]);

    const second = await installFrom({ versions: [] }, EXACT);
    const { executable, cached } = await second.installing;
    expect(cached).toBe(true);
    expect(path.dirname(executable)).toBe(folder);
    expect(second.told).toEqual([]);
  });

  it.each<[VersionWish, string]>([
    [{ kind: 'latest' }, '13.36.0'],
    [{ kind: 'major', major: 13 }, '13.36.0'],
  ])('finds out what %j is', async (wish, version) => {
    const { installing } = await installFrom({ newest: '13.36.0' }, wish);
    expect((await installing).version).toBe(version);
  });

  it.each<[string, VersionWish, ReleasesOptions, RegExp]>([
    [
      'another major version',
      { kind: 'major', major: 12 },
      {},
      /asks for version 12, and the newest release is 13/,
    ],
    [
      'a machine without a build',
      EXACT,
      { builds: ['plan9_mips'] },
      /no build of cnspec 13\.0\.0 for this machine/,
    ],
    ['a release without builds', EXACT, { builds: [] }, /Its checksums list no archive at all/],
    ['a version that is not there', EXACT, { versions: [] }, /has no cnspec 13\.0\.0/],
  ])('fails for %s', async (_, wish, options, says) => {
    const { installing } = await installFrom(options, wish);
    await expect(installing).rejects.toThrow(says);
    await expect(installing).rejects.toBeInstanceOf(ActionError);
  });

  it('unpacks nothing whose checksum is not good', async () => {
    const { installing, host } = await installFrom({}, EXACT);
    host.fault('archive', { kind: 'answer', status: 200, body: 'x' });
    await expect(installing).rejects.toThrow(
      /Its SHA-256 is 2d711642b726.*, and SHA256SUMS says [\da-f]{64}/,
    );
    expect(await readdir(path.join(root, 'temp'))).toEqual([]);
    await expect(readdir(path.join(root, 'tools'))).rejects.toThrow('ENOENT');
  });

  it.each(['RUNNER_TEMP', 'RUNNER_TOOL_CACHE'])('wants to know where to put things: %s', async (name) => {
    vi.stubEnv(name, '');
    const { installing } = await installFrom({}, EXACT);
    await expect(installing).rejects.toThrow(`the environment variable ${name} is not set`);
  });
});
