import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import { archiveFor, archivesIn, checksumIn } from './archive.ts';
import { download } from './download.ts';
import { environmentForCnspec } from './environment.ts';
import { fetchChecksums, newestVersion, type ReleasesHost, releaseUrl } from './releases.ts';
import { type CnspecContext, type CnspecResult, notInstalled } from './result.ts';
import { askVersion } from './status.ts';
import { withTempDirs } from './temp-dirs.ts';
import { CachedVersion, type Program, programIn } from './tool-cache.ts';
import { unpack } from './unpack.ts';
import { majorOf, type VersionSpec } from './version.ts';

const PUBLIC_RELEASES = 'https://releases.mondoo.com';

export interface InstallOptions extends CnspecContext {
  /** The releases host, if it isn't the public one. */
  updatesUrl: string | undefined;
  /** Chooses the proxy for a URL, and masks its password; may throw an ActionError. */
  proxy(url: string): string | undefined;
  /** Saves temporary folders for the post step before they exist; gets an empty list when they are gone. */
  rememberFolders(folders: string[]): void;
}

/** A cnspec whose version was checked. */
export interface Installed extends Program {
  version: string;
  /** Whether it was in the tool cache before. */
  cached: boolean;
}

interface Installation extends InstallOptions {
  host: ReleasesHost;
  /** Settles to the newest version in the background. */
  newest: Promise<string>;
  temp: string;
  toolCache: string;
}

/** Installs the cnspec that a workflow asks for. An exact version in the tool cache needs no network. */
export async function installCnspec(
  spec: VersionSpec,
  options: InstallOptions,
): Promise<{ installed?: Installed; result: CnspecResult }> {
  let latest: CnspecResult | Promise<CnspecResult> = {};
  try {
    const host = chooseHost(options);
    const newest = newestVersion(host);
    latest = newest.then(
      (latestVersion) => ({ latestVersion }),
      () => ({}),
    );
    const installed = await install(spec, { ...options, ...requireFolders(options), host, newest });
    return { installed, result: { version: installed.version, ...(await latest) } };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return { result: { ...(await latest), failure: error } };
  }
}

function chooseHost({ updatesUrl, proxy, userAgent, deadline }: InstallOptions): ReleasesHost {
  const url = updatesUrl ?? PUBLIC_RELEASES;
  try {
    return { url, proxy: proxy(url), userAgent, deadline };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw notInstalled(error.message.replace(/^The/, 'the'), error.remedy);
  }
}

function requireFolders({ temp, toolCache }: InstallOptions): Pick<Installation, 'temp' | 'toolCache'> {
  if (temp && toolCache) return { temp, toolCache };
  throw notInstalled(
    `the environment variable ${toolCache ? 'RUNNER_TEMP' : 'RUNNER_TOOL_CACHE'} is not set, so there is no place for it.`,
    'Run this as a step of a GitHub Actions workflow, or leave the input cnspec-version out.',
  );
}

async function install(spec: VersionSpec, work: Installation): Promise<Installed> {
  const version = await resolveVersion(spec, work.newest);
  const place = new CachedVersion(work.toolCache, version);
  const found = await place.find();
  const program = found ?? (await fetchInto(place, version, work));
  const cached = found !== undefined;
  const line = `→ cnspec ${version} is ${cached ? 'in the tool cache already' : 'installed'}: ${program.folder}`;
  work.log(plainText(line, 1000));
  try {
    await requireVersion(program, version, work);
  } catch (error) {
    if (!cached) await place.remove().catch(() => {});
    throw error;
  }
  return { version, ...program, cached };
}

async function resolveVersion(spec: VersionSpec, newest: Promise<string>): Promise<string> {
  if (spec.kind === 'exact') return spec.version;
  const version = await newest;
  if (spec.kind === 'latest' || majorOf(version) === spec.major) return version;
  throw notInstalled(
    `the input cnspec-version asks for version ${spec.major}, and the newest release is ${version}. The releases host tells the newest one only.`,
    `Set cnspec-version to the exact version that you want of ${spec.major}, such as ${spec.major}.1.0, or to ${majorOf(version)}.`,
  );
}

/** Downloads, verifies and unpacks a release, and puts it into the tool cache. */
async function fetchInto(place: CachedVersion, version: string, work: Installation): Promise<Program> {
  const name = archiveFor(version);
  const sums = await fetchChecksums(work.host, version);
  const expected = checksumIn(sums, name);
  if (expected === undefined) throw noBuild(version, name, sums, work.host.url);

  const url = releaseUrl(work.host, `${version}/${name}`);
  // A folder on the disk of the tool cache can be renamed to its place.
  const prefixes = { archive: path.join(work.temp, 'cnspec'), beside: place.folder };
  try {
    return await withTempDirs(prefixes, work.rememberFolders, async ({ archive, beside }) => {
      await mkdir(archive, { recursive: true });
      const file = path.join(archive, name);
      work.log(plainText(`→ downloading cnspec ${version} from ${url.href}`, 1000));
      const actual = await download(url, file, work.host, work.log);
      if (actual !== expected) throw wrongSum(url, { expected, actual });
      const unpacked = path.join(beside, 'unpacked');
      await mkdir(unpacked, { recursive: true });
      await unpack(file, unpacked, work);
      const program = await programIn(unpacked);
      if (program === undefined) throw noProgram(name);
      return place.fill(program, beside);
    });
  } catch (error) {
    throw error instanceof ActionError ? error : notWritable(place.folder, error);
  }
}

/** Makes sure that the program is the release that it was packed as. */
async function requireVersion({ executable }: Program, version: string, work: Installation): Promise<void> {
  const { temp: cwd, deadline } = work;
  const said = await askVersion(executable, { cwd, env: environmentForCnspec(work.env), deadline });
  const reported = said?.replace(/^v/, '').replace(/\+.*$/, '');
  if (reported === version) return;
  throw new ActionError(
    'cnspec-failed',
    `cnspec ${version} was installed, but the program says that it is ${reported ?? 'of no version'}.`,
    'Look at the archive that the releases host has for that version, and remove the version from the tool cache of the machine.',
  );
}

function noProgram(archive: string): ActionError {
  return notInstalled(
    `there is no program named cnspec in the archive ${archive}, whose checksum is good.`,
    'Set the input cnspec-version to another version; where the input updates-url names a mirror, look at the archive that it holds.',
  );
}

function notWritable(folder: string, error: unknown): ActionError {
  return notInstalled(
    `it could not be put into the tool cache at ${folder} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
    'Make room on the disk of the machine, and see that the user of the job may write to the folders that RUNNER_TOOL_CACHE and RUNNER_TEMP name.',
  );
}

function noBuild(version: string, name: string, sums: string, host: string): ActionError {
  const known = archivesIn(sums);
  const offered = known.length === 0 ? 'no archive at all' : known.slice(0, 20).join(', ');
  return notInstalled(
    `${host} has no build of cnspec ${version} for this machine, ${name}. Its checksums list ${offered}.`,
    'Set cnspec-version to a version that has a build for this machine. A mirror has to hold the SHA256SUMS file of the release as it is.',
  );
}

function wrongSum(url: URL, { expected, actual }: { expected: string; actual: string }): ActionError {
  return notInstalled(
    `${url.href} is not the file that its release describes. Its SHA-256 is ${actual}, and SHA256SUMS says ${expected}. Nothing was unpacked.`,
    'Run the job again in case the file was damaged on its way. If it stays, do not use it: somebody may have replaced it, at the host or in between.',
  );
}
