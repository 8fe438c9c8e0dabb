import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../errors.ts';
import { plainText } from '../values/plain-text.ts';
import { archiveFor, type Machine } from './archive.ts';
import { archivesIn, checksumIn } from './checksums.ts';
import { type DownloadOptions, download } from './download.ts';
import type { Releases } from './releases.ts';
import { withScratch } from './scratch.ts';
import { CachedVersion, type Program, programIn } from './tool-cache.ts';
import { unpack } from './unpack.ts';
import { majorOf, type VersionWish } from './version.ts';

/** Where cnspec comes from and goes to. */
export interface InstallOptions extends Omit<DownloadOptions, 'url' | 'file'> {
  releases: Releases;
  /** The newest version, once the releases host has told it. */
  newest: Promise<string>;
  machine: Machine;
  env: NodeJS.ProcessEnv;
  /** Is told before a download begins. */
  onDownload: (version: string, url: URL) => void;
  /** Is told of the folders that are used on the way before they exist, and of none when they are gone. */
  onScratch: (folders: string[]) => void;
}

/** A cnspec that was asked for, and is there. */
export interface Installed extends Program {
  version: string;
  /** Whether it was in the tool cache already. */
  cached: boolean;
  /** Takes it out of the tool cache. */
  remove: () => Promise<void>;
}

/**
 * Installs the cnspec that a workflow asks for. An exact version that is in the tool cache needs no network.
 * @throws ActionError `cnspec-failed`
 */
export async function install(wish: VersionWish, options: InstallOptions): Promise<Installed> {
  requireFolders(options.env);
  const version = await resolveVersion(wish, options);
  const place = new CachedVersion(version, options.machine.arch, options.env);
  const cached = await place.find();
  const program = cached ?? (await fetchInto(place, version, options));
  return { version, ...program, cached: cached !== undefined, remove: () => place.remove() };
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
async function fetchInto(place: CachedVersion, version: string, options: InstallOptions): Promise<Program> {
  const { releases, machine, env, deadline, onDownload, onScratch } = options;
  const name = archiveFor(version, machine);
  const sums = await releases.checksums(version);
  const expected = checksumIn(sums, name);
  if (expected === undefined) throw noBuild(version, name, sums, releases.url);

  const prefixes = {
    temporary: path.join(env.RUNNER_TEMP as string, 'cnspec'),
    // From beside its place it can be moved there in one go.
    beside: place.folder,
  };
  try {
    return await withScratch(prefixes, onScratch, async ({ temporary, beside }) => {
      await mkdir(temporary, { recursive: true });
      const url = releases.archive(version, name);
      const file = path.join(temporary, name);
      onDownload(version, url);
      const actual = await download({ ...options, url, file });
      if (actual !== expected) throw wrongSum(url, { expected, actual });
      const unpacked = path.join(beside, 'unpacked');
      await mkdir(unpacked, { recursive: true });
      await unpack(file, unpacked, { env, deadline });
      const program = await programIn(unpacked);
      if (program === undefined) throw noProgram(name);
      return place.fill(program, beside);
    });
  } catch (error) {
    throw error instanceof ActionError ? error : notWritable(place.folder, error);
  }
}

function noProgram(archive: string): ActionError {
  return new ActionError(
    'cnspec-failed',
    `cnspec could not be installed: there is no program named cnspec in the archive ${archive}, whose checksum is good.`,
    'Set the input cnspec-version to another version; where the input updates-url names a mirror, look at the archive that it holds.',
  );
}

function notWritable(folder: string, error: unknown): ActionError {
  return new ActionError(
    'cnspec-failed',
    plainText(
      `cnspec could not be installed: it could not be put into the tool cache at ${folder} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      1000,
    ),
    'Make room on the disk of the machine, and see that the user of the job may write to the folders that RUNNER_TOOL_CACHE and RUNNER_TEMP name.',
  );
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
