import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Route } from '../platform/connect.ts';
import { ActionError, errorCode } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import { environmentForCnspec } from './environment.ts';
import { archiveFor, download, fetchChecksum, newestVersion, type ReleasesHost, releaseUrl } from './releases.ts';
import { type CnspecContext, type CnspecResult, notInstalled } from './result.ts';
import { askVersion } from './status.ts';
import { findCached, moveToCache, programIn } from './tool-cache.ts';
import { unpack } from './unpack.ts';
import { majorOf, type VersionSpec } from './version.ts';

const PUBLIC_RELEASES = 'https://releases.mondoo.com';

export interface InstallOptions extends CnspecContext {
  /** The releases host, if it isn't the public one. */
  updatesUrl: string | undefined;
  /** Finds how a URL is reached, and masks the proxy's password; may throw an ActionError. */
  routeTo(url: string): Route;
  /** Saves temporary folders for the post step before they exist; gets an empty list when they are gone. */
  rememberFolders(folders: string[]): void;
}

interface Installation extends InstallOptions, ReleasesHost {
  temp: string;
  place: string;
}

/** Installs the cnspec that a workflow asks for. An exact version in the tool cache needs no network. */
export async function installCnspec(spec: VersionSpec, options: InstallOptions) {
  const { temp, toolCache, updatesUrl: url = PUBLIC_RELEASES } = options;
  let latest: Promise<CnspecResult> | undefined;
  try {
    const host = { ...options, ...options.routeTo(url), url };
    const newest = newestVersion(host);
    latest = newest.then((latestVersion) => ({ latestVersion })).catch(() => ({}));
    if (!temp || !toolCache) {
      throw notInstalled(
        `The job has no ${toolCache ? 'temporary folder' : 'tool cache'}.`,
        'Run the action as a step of a job, or leave the input `cnspec-version` out.',
      );
    }
    const version = spec.kind === 'exact' ? spec.version : resolveVersion(spec, await newest);
    // In the runner's own layout; jobs may share it.
    const work = { ...host, temp, place: path.join(toolCache, 'cnspec', version, process.arch) };
    const cached = await findCached(work.place);
    if (cached) await requireVersion(cached, version, work);
    const executable = cached ?? (await fetchRelease(version, work));
    const line = `→ cnspec ${version} is ${cached ? 'in the tool cache already' : 'installed'}: ${work.place}`;
    work.log(plainText(line, 1000));
    return { executable, result: { version, ...(await latest) } };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const failure = error.code === 'invalid-input' ? notInstalled(error.message, error.remedy) : error;
    return { result: { ...(await latest), failure } };
  }
}

function resolveVersion(spec: Exclude<VersionSpec, { kind: 'exact' }>, newest: string): string {
  if (spec.kind === 'latest' || majorOf(newest) === spec.major) return newest;
  throw notInstalled(
    `The input \`cnspec-version\` is \`${spec.major}\`, but the newest release is ${newest}. The releases host lists only the newest release.`,
    `Set \`cnspec-version\` to an exact version such as \`${spec.major}.1.0\`, or to \`${majorOf(newest)}\`.`,
  );
}

async function requireVersion(executable: string, version: string, work: Installation): Promise<void> {
  const { temp: cwd, signal } = work;
  const said = await askVersion(executable, { cwd, env: environmentForCnspec(work.env), signal });
  const reported = said?.replace(/^v|\+.*$/g, '');
  if (reported === version) return;
  throw new ActionError(
    'cnspec-failed',
    `cnspec ${version} was installed, but \`cnspec version\` reports ${reported ?? 'no version'}.`,
    "Check the archive of this version at the releases host, and delete the version from the runner's tool cache.",
  );
}

/** Downloads, verifies and unpacks a release, and puts it into the tool cache. */
async function fetchRelease(version: string, work: Installation): Promise<string> {
  const name = archiveFor(version);
  const expected = await fetchChecksum(work, version, name);
  const url = releaseUrl(work, `${version}/${name}`);
  const id = randomUUID();
  const archive = path.join(work.temp, `cnspec-${id}`);
  // On the disk of the tool cache, so that a folder in it can be renamed to its place.
  const beside = `${work.place}-${id}`;
  work.rememberFolders([archive, beside]);
  try {
    const file = path.join(archive, name);
    await mkdir(archive, { recursive: true });
    work.log(plainText(`→ downloading cnspec ${version} from ${url.href}`, 1000));
    const actual = await download(url, file, work);
    if (actual !== expected) {
      throw notInstalled(
        `The SHA-256 of ${url.href} isn't the one that SHA256SUMS lists. Nothing was unpacked.`,
        "Run the job again, because the download may be damaged. If the error remains, don't use the archive: someone may have replaced it.",
        `The SHA-256 is ${actual}, SHA256SUMS lists ${expected}`,
      );
    }
    const unpacked = path.join(beside, 'unpacked');
    await mkdir(unpacked, { recursive: true });
    await unpack(file, unpacked, work);
    const program = await programIn(unpacked);
    if (program === undefined) {
      throw notInstalled(
        `The archive ${name} has a valid checksum, but contains no program named cnspec.`,
        'Set the input `cnspec-version` to another version. If `updates-url` names a mirror, check the archive there.',
      );
    }
    await requireVersion(program, version, work);
    return await moveToCache(work.place, program, beside);
  } catch (error) {
    if (error instanceof ActionError) throw error;
    throw notInstalled(
      `The archive or the tool cache at \`${work.place}\` could not be written (${errorCode(error)}).`,
      "Free some space on the runner's disk. Check that its user may write to the temporary folder and to the tool cache.",
    );
  } finally {
    // Retries help against virus scanners and against programs that are being killed.
    const removing = [archive, beside].map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const removed = await Promise.allSettled(removing);
    if (removed.every(({ status }) => status === 'fulfilled')) work.rememberFolders([]);
  }
}
