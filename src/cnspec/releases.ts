import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Route } from '../platform/connect.ts';
import { type HttpRequest, type HttpResponse, Transport } from '../platform/transport.ts';
import { HttpError } from '../platform/transport-error.ts';
import { formatDuration } from '../util/duration.ts';
import type { ActionError } from '../util/errors.ts';
import { mapIn, tryParseJson } from '../util/json.ts';
import { type CnspecContext, notInstalled } from './result.ts';
import { isReleaseVersion } from './version.ts';

/** The limits of a connection attempt and of the request for a small file, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
const REQUEST_TIMEOUT = 5000;

/** Several times the size of cnspec's archives, in bytes. */
const MAX_SIZE = 512 * 1024 * 1024;

/** Go's names of operating systems and architectures, by Node's. */
const SYSTEMS: Record<string, string> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

export interface ReleasesHost extends Route, Pick<CnspecContext, 'signal' | 'log'> {
  /** Without a slash at its end. */
  url: string;
}

export async function newestVersion(host: ReleasesHost): Promise<string> {
  const url = releaseUrl(host, 'latest.json');
  const { version } = mapIn(tryParseJson(await fetchText(url, host)));
  if (isReleaseVersion(version)) return version;
  throw unusable(url, 'names no version of cnspec');
}

/** Names the archive for the runner. @throws ActionError `cnspec-failed` if there is none */
export function archiveFor(version: string, platform: string = process.platform, arch: string = process.arch): string {
  const [system, architecture] = [SYSTEMS[platform], ARCHITECTURES[arch]];
  if (system === undefined || architecture === undefined) {
    throw notInstalled(
      `The action can't install cnspec on this runner (${platform}, ${arch}), only on Linux, macOS and Windows with x64 or arm64.`,
      'Install cnspec in an earlier step, and leave the input `cnspec-version` out.',
    );
  }
  return `cnspec_${version}_${system}_${architecture}.${system === 'windows' ? 'zip' : 'tar.gz'}`;
}

/** Reads a SHA256SUMS file: the sums, in lower-case hex, by file name. */
export function readChecksums(sums: string): Map<string, string> {
  // sha256sum puts a star before the name of a file that it read in binary mode.
  const lines = sums.matchAll(/^([\da-f]{64})[ \t]+\*?(\S+)[ \t]*\r?$/gim);
  return new Map(Array.from(lines, ([, sum, name]) => [name!, sum!.toLowerCase()]));
}

export async function fetchChecksum(host: ReleasesHost, version: string, archive: string): Promise<string> {
  const url = releaseUrl(host, `${version}/cnspec_v${version}_SHA256SUMS`);
  const missing = notInstalled(
    `${host.url} has no cnspec ${version} (HTTP status 404 for its checksums).`,
    "Check the input `cnspec-version`. A mirror must have the version's folder with its SHA256SUMS file.",
  );
  const sums = readChecksums(await fetchText(url, host, missing));
  const sum = sums.get(archive);
  if (sum !== undefined) return sum;
  const archives = [...sums.keys()].filter((name) => /^cnspec_[\w.+-]+\.(?:tar\.gz|zip)$/.test(name)).slice(0, 20);
  throw notInstalled(
    `${host.url} has no build of cnspec ${version} for this runner, ${archive}.`,
    'Set `cnspec-version` to a version that has a build for this runner. A mirror must serve SHA256SUMS unchanged.',
    `SHA256SUMS lists ${archives.join(', ') || 'no archive'}`,
  );
}

export function releaseUrl({ url }: ReleasesHost, file: string): URL {
  return new URL(`${url}/cnspec/${file}`);
}

/** Returns the SHA-256 in lower-case hex. @throws ActionError `cnspec-failed`, or an error of the file system */
export async function download(url: URL, target: string, host: ReleasesHost): Promise<string> {
  const startedAt = performance.now();
  const hash = createHash('sha256');
  let received = 0;
  async function* hashed(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > MAX_SIZE) throw unusable(url, 'is larger than 512 MiB');
      hash.update(chunk);
      yield chunk;
    }
  }
  const fetch = (transport: Transport, request: HttpRequest) =>
    transport.receive(request, (head, body) => {
      requireFile(url, head);
      return pipeline(body, hashed, createWriteStream(target, { mode: 0o600 }));
    });
  await fetchFrom(url, host, 'none', fetch, () => ` after ${formatSize(received)}`);
  const elapsed = formatDuration(Math.round((performance.now() - startedAt) / 10) * 10);
  host.log(`→ downloaded ${formatSize(received)} in ${elapsed}`);
  return hash.digest('hex');
}

/** @param missing is thrown if the host has no such file */
async function fetchText(url: URL, host: ReleasesHost, missing?: ActionError): Promise<string> {
  const response = await fetchFrom(url, host, REQUEST_TIMEOUT, (transport, request) => transport.send(request));
  if (missing && response.status === 404) throw missing;
  requireFile(url, response);
  // Unlike a buffer's toString, it leaves a byte order mark out.
  return new TextDecoder().decode(response.body);
}

/** @param progress reports how much of the response arrived */
async function fetchFrom<T>(
  url: URL,
  { signal, ...host }: ReleasesHost,
  requestTimeout: number | 'none',
  fetch: (transport: Transport, request: HttpRequest) => Promise<T>,
  progress = () => '',
): Promise<T> {
  using transport = new Transport({ ...host, connectTimeout: CONNECT_TIMEOUT, requestTimeout });
  try {
    return await fetch(transport, { method: 'GET', url, signal });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const reason = requestTimeout === 'none' && signal.aborted ? 'the step timed out' : error.message;
    throw notInstalled(
      `${url.href} could not be fetched: ${reason}${error.phase === 'body' ? progress() : ''}.`,
      error.remedy ??
        'Check that the runner can reach the host: DNS, firewall, proxy. Or set the input `updates-url` to a mirror, or install cnspec in an earlier step and leave the input `cnspec-version` out.',
    );
  }
}

/** @param problem follows "The response" */
function unusable(url: URL, problem: string): ActionError {
  return notInstalled(
    `The response from ${url.href} ${problem}.`,
    'Check whether a proxy or a firewall responds instead of the releases host. If the input `updates-url` is set, check it. Or run the job again in a few minutes.',
  );
}

function requireFile(url: URL, { status }: Pick<HttpResponse, 'status'>): void {
  if (status === 200) return;
  if (status < 300 || status >= 400) throw unusable(url, `isn't a file (HTTP status ${status})`);
  const problem = `is a redirect (HTTP status ${status}), which is never followed. \`updates-url\` must name the host that has the files`;
  throw unusable(url, problem);
}

function formatSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
