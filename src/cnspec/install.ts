import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { tryGetExecutablePath } from '@actions/io/lib/io-util';
import { cacheDir, extractTar, extractZip, find } from '@actions/tool-cache';
import { ActionError } from '../errors.ts';
import type { Deadline } from '../platform/deadline.ts';
import { plainText } from '../values/plain-text.ts';
import { archiveFor, type Machine } from './archive.ts';
import { archivesIn, checksumIn } from './checksums.ts';
import { type DownloadOptions, download } from './download.ts';
import type { Releases } from './releases.ts';
import { majorOf, type VersionWish } from './version.ts';

/** Its name in the tool cache. */
const TOOL = 'cnspec';

/** Where cnspec comes from and goes to. */
export interface InstallOptions extends Omit<DownloadOptions, 'url' | 'file'> {
  releases: Releases;
  /** The newest version, once the releases host has told it. */
  newest: Promise<string>;
  machine: Machine;
  env: NodeJS.ProcessEnv;
  /** Is told before a download begins. */
  onDownload: (version: string, url: URL) => void;
}

/** A cnspec that was asked for, and is there. */
export interface Installed {
  version: string;
  /** The folder that belongs on PATH. */
  folder: string;
  /** Absolute. */
  executable: string;
  /** Whether it was in the tool cache already. */
  cached: boolean;
}

/**
 * Installs the cnspec that a workflow asks for. An exact version that is in the tool cache needs no network.
 * @throws ActionError `cnspec-failed`
 */
export async function install(wish: VersionWish, options: InstallOptions): Promise<Installed> {
  requireFolders(options.env);
  const version = await resolveVersion(wish, options);
  const cached = find(TOOL, version, options.machine.arch);
  const folder = cached || (await fetchInto(version, options));
  const executable = await tryGetExecutablePath(path.join(folder, TOOL), extensions(options.env));
  if (executable === '') {
    throw new ActionError(
      'cnspec-failed',
      `cnspec could not be installed: there is no program named cnspec in ${folder}, where version ${version} was unpacked.`,
      'Remove that folder from the tool cache and run the job again; where the input updates-url names a mirror, look at the archive that it holds.',
    );
  }
  return { version, folder, executable, cached: cached !== '' };
}

/** The toolkit only asserts them, in words for its own authors. */
function requireFolders(env: NodeJS.ProcessEnv): void {
  for (const name of ['RUNNER_TOOL_CACHE', 'RUNNER_TEMP']) {
    if (env[name]) continue;
    throw new ActionError(
      'cnspec-failed',
      `cnspec could not be installed: the environment variable ${name} is not set, so there is no place for it.`,
      'Run this as a step of a GitHub Actions workflow, or leave the input cnspec-version out.',
    );
  }
}

async function resolveVersion(wish: VersionWish, { newest }: InstallOptions): Promise<string> {
  if (wish.kind === 'exact') return wish.version;
  const version = await newest;
  if (wish.kind === 'latest' || majorOf(version) === wish.major) return version;
  throw new ActionError(
    'cnspec-failed',
    `cnspec could not be installed: the input cnspec-version asks for version ${wish.major}, and the newest release is ${version}. The releases host tells the newest one only.`,
    `Set cnspec-version to the exact version that you want of ${wish.major}, such as ${wish.major}.1.0, or to ${majorOf(version)}.`,
  );
}

/** Downloads, checks and unpacks a version, and puts it into the tool cache. */
async function fetchInto(version: string, options: InstallOptions): Promise<string> {
  const { releases, machine, env, deadline, onDownload } = options;
  const name = archiveFor(version, machine);
  const sums = await releases.checksums(version);
  const expected = checksumIn(sums, name);
  if (expected === undefined) throw noBuild(version, name, sums, releases.url);

  const temporary = env.RUNNER_TEMP as string;
  await mkdir(temporary, { recursive: true });
  const folder = await mkdtemp(path.join(temporary, 'cnspec-'));
  try {
    const url = releases.archive(version, name);
    const file = path.join(folder, name);
    onDownload(version, url);
    const actual = await download({ ...options, url, file });
    if (actual !== expected) throw wrongSum(url, { expected, actual });
    return await within(deadline, unpack(file, path.join(folder, 'unpacked'), version, machine));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

async function unpack(file: string, folder: string, version: string, { arch }: Machine): Promise<string> {
  try {
    const extract = file.endsWith('.zip') ? extractZip : extractTar;
    return await cacheDir(await extract(file, folder), TOOL, version, arch);
  } catch (error) {
    throw new ActionError(
      'cnspec-failed',
      `cnspec could not be installed: the archive ${path.basename(file)}, whose checksum is good, could not be unpacked (${plainText((error as Error).message)}).`,
      'Make room on the disk of the machine, and see that tar (on Windows PowerShell) is there.',
    );
  }
}

/** The toolkit knows no deadline. What it started ends by itself. */
async function within<T>({ signal }: Deadline, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timeUp = () =>
      reject(
        new ActionError(
          'cnspec-failed',
          'cnspec could not be installed: the time of the step was up before it was unpacked.',
          'Set the input timeout to more.',
        ),
      );
    if (signal.aborted) timeUp();
    signal.addEventListener('abort', timeUp);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', timeUp));
  });
}

function noBuild(version: string, name: string, sums: string, host: string): ActionError {
  const known = archivesIn(sums);
  const offered = known.length === 0 ? 'no archive at all' : known.slice(0, 20).join(', ');
  return new ActionError(
    'cnspec-failed',
    plainText(
      `cnspec could not be installed: ${host} has no build of cnspec ${version} for this machine, ${name}. Its checksums list ${offered}.`,
      1500,
    ),
    'Set cnspec-version to a version that has a build for this machine. A mirror has to hold the SHA256SUMS file of the release as it is.',
  );
}

function wrongSum(url: URL, { expected, actual }: { expected: string; actual: string }): ActionError {
  return new ActionError(
    'cnspec-failed',
    `cnspec could not be installed: ${url.href} is not the file that its release describes. Its SHA-256 is ${actual}, and SHA256SUMS says ${expected}. Nothing was unpacked.`,
    'Run the job again in case the file was damaged on its way. If it stays, do not use it: somebody may have replaced it, at the host or in between.',
  );
}

/** What may stand behind the name of a program: nothing but on Windows. */
function extensions({ PATHEXT = '' }: NodeJS.ProcessEnv): string[] {
  return process.platform === 'win32' ? PATHEXT.split(path.delimiter).filter(Boolean) : [];
}
