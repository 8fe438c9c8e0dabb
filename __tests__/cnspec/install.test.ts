import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { writeCnspec } from '../../simulator/cnspec-program.ts';
import { startReleases } from '../../simulator/releases.ts';
import { type InstallOptions, installCnspec } from '../../src/cnspec/install.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { ActionError } from '../../src/util/errors.ts';

const VERSION = { kind: 'exact', version: '13.0.0' } as const;
const PROGRAM = process.platform === 'win32' ? 'cnspec.cmd' : 'cnspec';

let root: string;
let lines: string[];
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'install-'));
  onTestFinished(() => rm(root, { recursive: true, maxRetries: 5 }));
  lines = [];
});

const inCache = () => path.join(root, 'tools', 'cnspec', '13.0.0', process.arch);

async function install(
  changes: Partial<InstallOptions> = {},
  releases: Parameters<typeof startReleases>[0] = {},
) {
  const host = await startReleases(releases);
  onTestFinished(() => host.close());
  const remembered: string[][] = [];
  const outcome = await installCnspec(VERSION, {
    env: process.env,
    workspace: path.join(root, 'workspace'),
    temp: path.join(root, 'temp'),
    toolCache: path.join(root, 'tools'),
    signal: new Deadline(20_000).signal,
    updatesUrl: host.url,
    routeTo: () => ({}),
    log: (line) => lines.push(line),
    rememberFolders: (folders) => remembered.push(folders),
    ...changes,
  });
  return { ...outcome, remembered, requests: host.requests };
}

describe('installCnspec', () => {
  it('installs a release, and checks its version', async () => {
    await mkdir(path.join(root, 'temp'));
    const { executable, result, remembered } = await install();
    expect(result).toEqual({ version: '13.0.0', latestVersion: '13.0.0' });
    expect(executable).toBe(path.join(inCache(), PROGRAM));
    expect(remembered).toEqual([[expect.any(String), expect.any(String)], []]);
    expect(await readdir(path.join(root, 'temp'))).toEqual([]);
    expect(lines.at(-1)).toBe(`→ cnspec 13.0.0 is installed: ${inCache()}`);
  });

  it('removes another version from the tool cache after installing it', async () => {
    await mkdir(path.join(root, 'temp'));
    const { executable, result } = await install({}, { conduct: { version: '12.0.0' } });
    expect(executable).toBeUndefined();
    expect(result.failure?.message).toContain('13.0.0 was installed, but `cnspec version` reports 12.0.0');
    expect(result.latestVersion).toBe('13.0.0');
    expect(existsSync(inCache())).toBe(false);
  });

  it('leaves another version in the tool cache if it was there before', async () => {
    await mkdir(path.join(root, 'temp'));
    await writeCnspec(inCache(), { version: '12.0.0', kind: 'agreeing' });
    await writeFile(`${inCache()}.complete`, '');
    const { executable, result } = await install();
    expect(executable).toBeUndefined();
    expect(result.failure?.message).toContain('`cnspec version` reports 12.0.0');
    expect(existsSync(inCache())).toBe(true);
  });

  it.skipIf(process.platform === 'win32')(
    'installs a cached version again if it cannot be executed',
    async () => {
      await mkdir(path.join(root, 'temp'));
      await install();
      await chmod(path.join(inCache(), PROGRAM), 0o644);
      await install();
      expect(lines.at(-1)).toBe(`→ cnspec 13.0.0 is installed: ${inCache()}`);
      await install();
      expect(lines.at(-1)).toBe(`→ cnspec 13.0.0 is in the tool cache already: ${inCache()}`);
    },
  );

  it.each([
    ['temporary folder', { temp: undefined }],
    ['tool cache', { toolCache: undefined }],
    ['temporary folder', { temp: '' }],
  ])('needs a %s', async (name, changes) => {
    const { executable, result } = await install(changes);
    expect(executable).toBeUndefined();
    expect(result.failure?.message).toContain(`The job has no ${name}`);
  });

  it('returns what is wrong with a proxy, and sends nothing', async () => {
    const routeTo = () => {
      throw new ActionError('invalid-input', 'The proxy is not a URL.', 'Write it so.');
    };
    const { result, requests } = await install({ routeTo });
    expect(result.failure).toMatchObject({ code: 'cnspec-failed', remedy: 'Write it so.' });
    expect(result.failure?.message).toBe('cnspec could not be installed. The proxy is not a URL.');
    expect(requests).toEqual([]);
  });

  it('creates nothing if its folders cannot be saved', async () => {
    const failure = new ActionError('runner-error', 'The runner cannot be told.', 'x');
    const rememberFolders = () => {
      throw failure;
    };
    const { executable, result } = await install({ rememberFolders });
    expect(executable).toBeUndefined();
    expect(result.failure).toBe(failure);
    expect(await readdir(root)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('reports that a folder cannot be written', async () => {
    await writeFile(path.join(root, 'temp'), '');
    const { executable, result } = await install();
    expect(executable).toBeUndefined();
    expect(result.failure?.code).toBe('cnspec-failed');
    expect(result.failure?.message).toBe(
      `cnspec could not be installed. The archive or the tool cache at \`${inCache()}\` could not be written (ENOTDIR).`,
    );
  });
});
