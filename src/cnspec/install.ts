import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import { archiveFor } from './archive.ts';
import { environmentForCnspec } from './environment.ts';
import { download, fetchChecksum, newestVersion, type ReleasesHost, releaseUrl } from './releases.ts';
import { type CnspecContext, type CnspecResult, notInstalled } from './result.ts';
import { askVersion } from './status.ts';
import { fill, findCached, type Program, placeOf, programIn } from './tool-cache.ts';
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

interface Installation extends InstallOptions {
  host: ReleasesHost;
  temp: string;
  place: string;
}

/** Installs the cnspec that a workflow asks for. An exact version in the tool cache needs no network. */
export async function installCnspec(
  spec: VersionSpec,
  options: InstallOptions,
): Promise<{ installed?: Program; result: CnspecResult }> {
  const { temp, toolCache } = options;
  let latest: CnspecResult | Promise<CnspecResult> = {};
  try {
    const host = chooseHost(options);
    const newest = newestVersion(host);
    latest = newest.then((latestVersion) => ({ latestVersion })).catch(() => ({}));
    if (!temp || !toolCache) {
      throw notInstalled(
        `the environment variable ${toolCache ? 'RUNNER_TEMP' : 'RUNNER_TOOL_CACHE'} is not set, so there is no place for it.`,
        'Run this as a step of a GitHub Actions workflow, or leave the input cnspec-version out.',
      );
    }
    const version = spec.kind === 'exact' ? spec.version : requireWanted(spec, await newest);
    const installed = await install(version, { ...options, host, temp, place: placeOf(toolCache, version) });
    return { installed, result: { version, ...(await latest) } };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return { result: { ...(await latest), failure: error } };
  }
}

function chooseHost({ updatesUrl, proxy, userAgent, deadline, log }: InstallOptions): ReleasesHost {
  const url = updatesUrl ?? PUBLIC_RELEASES;
  try {
    return { url, proxy: proxy(url), userAgent, deadline, log };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw notInstalled(error.message.replace(/^The/, 'the'), error.remedy);
  }
}

function requireWanted(spec: Exclude<VersionSpec, { kind: 'exact' }>, newest: string): string {
  if (spec.kind === 'latest' || majorOf(newest) === spec.major) return newest;
  throw notInstalled(
    `the input cnspec-version asks for version ${spec.major}, and the newest release is ${newest}. The releases host tells the newest one only.`,
    `Set cnspec-version to the exact version that you want of ${spec.major}, such as ${spec.major}.1.0, or to ${majorOf(newest)}.`,
  );
}

/** Makes sure that a version is in the tool cache, and that its program is the release that it was packed as. */
async function install(version: string, work: Installation): Promise<Program> {
  const cached = await findCached(work.place);
  if (cached) await requireVersion(cached, version, work);
  const program = cached ?? (await fetchRelease(version, work));
  const line = `→ cnspec ${version} is ${cached ? 'in the tool cache already' : 'installed'}: ${program.folder}`;
  work.log(plainText(line, 1000));
  return program;
}

async function requireVersion({ executable }: Program, version: string, work: Installation): Promise<void> {
  const { temp: cwd, deadline } = work;
  const said = await askVersion(executable, { cwd, env: environmentForCnspec(work.env), deadline });
  const reported = said?.replace(/^v|\+.*$/g, '');
  if (reported === version) return;
  throw new ActionError(
    'cnspec-failed',
    `cnspec ${version} was installed, but the program says that it is ${reported ?? 'of no version'}.`,
    'Look at the archive that the releases host has for that version, and remove the version from the tool cache of the machine.',
  );
}

/** Downloads, verifies and unpacks a release, and puts it into the tool cache. */
async function fetchRelease(version: string, work: Installation): Promise<Program> {
  const { host, place } = work;
  const name = archiveFor(version);
  const expected = await fetchChecksum(host, version, name);
  const url = releaseUrl(host, `${version}/${name}`);
  const id = randomUUID();
  const archive = path.join(work.temp, `cnspec-${id}`);
  // On the disk of the tool cache, so that a folder in it can be renamed to its place.
  const beside = `${place}-${id}`;
  work.rememberFolders([archive, beside]);
  try {
    const file = path.join(archive, name);
    await mkdir(archive, { recursive: true });
    work.log(plainText(`→ downloading cnspec ${version} from ${url.href}`, 1000));
    const actual = await download(url, file, host);
    if (actual !== expected) {
      throw notInstalled(
        `${url.href} is not the file that its release describes. Its SHA-256 is ${actual}, and SHA256SUMS says ${expected}. Nothing was unpacked.`,
        'Run the job again in case the file was damaged on its way. If it stays, do not use it: somebody may have replaced it, at the host or in between.',
      );
    }
    const unpacked = path.join(beside, 'unpacked');
    await mkdir(unpacked, { recursive: true });
    await unpack(file, unpacked, work);
    const program = await programIn(unpacked);
    if (program === undefined) {
      throw notInstalled(
        `there is no program named cnspec in the archive ${name}, whose checksum is good.`,
        'Set the input cnspec-version to another version; where the input updates-url names a mirror, look at the archive that it holds.',
      );
    }
    await requireVersion(program, version, work);
    return await fill(place, program, beside);
  } catch (error) {
    if (error instanceof ActionError) throw error;
    throw notInstalled(
      `it could not be put into the tool cache at ${place} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      'Make room on the disk of the machine, and see that the user of the job may write to the folders that RUNNER_TOOL_CACHE and RUNNER_TEMP name.',
    );
  } finally {
    // Retries help against virus scanners and against programs that are being killed.
    const removing = [archive, beside].map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const removed = await Promise.allSettled(removing);
    if (removed.every(({ status }) => status === 'fulfilled')) work.rememberFolders([]);
  }
}
