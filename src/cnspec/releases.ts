import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type HttpRequest, type HttpResponse, Transport } from '../platform/transport.ts';
import { HttpError } from '../platform/transport-error.ts';
import { formatDuration } from '../util/duration.ts';
import type { ActionError } from '../util/errors.ts';
import { readChecksums } from './archive.ts';
import { type CnspecContext, notInstalled } from './result.ts';
import { isReleaseVersion } from './version.ts';

/** The limits of a connection attempt and of the request for a small file, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
const REQUEST_TIMEOUT = 5000;

/** Several times the size of cnspec's archives, in bytes. */
const MAX_SIZE = 512 * 1024 * 1024;

/** A host that offers cnspec, as `releases.mondoo.com` does, and how to reach it. */
export interface ReleasesHost extends Pick<CnspecContext, 'userAgent' | 'deadline' | 'log'> {
  /** Without a slash at its end. */
  url: string;
  /** URL */
  proxy: string | undefined;
}

/** @throws ActionError `cnspec-failed` */
export async function newestVersion(host: ReleasesHost): Promise<string> {
  const url = releaseUrl(host, 'latest.json');
  const text = textOf(await get(url, host), url);
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    if (isReleaseVersion(version)) return version;
  } catch {
    // The text of a parser's error would quote the host.
  }
  throw unusable(url, 'names no version of cnspec');
}

/** Fetches the SHA-256 of a release's archive, in lower-case hex. @throws ActionError `cnspec-failed` */
export async function fetchChecksum(host: ReleasesHost, version: string, archive: string): Promise<string> {
  const url = releaseUrl(host, `${version}/cnspec_v${version}_SHA256SUMS`);
  const response = await get(url, host);
  if (response.status === 404) {
    throw notInstalled(
      `${host.url} has no cnspec ${version} (HTTP status 404 for its checksums).`,
      'Look at the spelling of the input cnspec-version, and whether there is such a release. A mirror has to hold the folder of the version with the file SHA256SUMS in it.',
    );
  }
  const sums = readChecksums(textOf(response, url));
  const sum = sums.get(archive);
  if (sum !== undefined) return sum;
  const archives = [...sums.keys()].filter((name) => /^cnspec_[\w.+-]+\.(?:tar\.gz|zip)$/.test(name)).slice(0, 20);
  throw notInstalled(
    `${host.url} has no build of cnspec ${version} for this machine, ${archive}. Its checksums list ${archives.join(', ') || 'no archive at all'}.`,
    'Set cnspec-version to a version that has a build for this machine. A mirror has to hold the SHA256SUMS file of the release as it is.',
  );
}

export function releaseUrl({ url }: ReleasesHost, file: string): URL {
  return new URL(`${url}/cnspec/${file}`);
}

/** Downloads a file to `target`, and returns its SHA-256 in lower-case hex. @throws ActionError `cnspec-failed` */
export async function download(url: URL, target: string, host: ReleasesHost): Promise<string> {
  const startedAt = performance.now();
  const { signal } = host.deadline;
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
  const explain = ({ message, phase }: HttpError) => {
    const reason = signal.aborted ? 'the time of the step was up' : message;
    return phase === 'body' ? `${reason} after ${formatSize(received)}` : reason;
  };
  const fetch = (transport: Transport, request: HttpRequest) =>
    transport.receive(request, signal, (head, body) => {
      requireFile(url, head);
      return pipeline(body, hashed, createWriteStream(target, { mode: 0o600 }));
    });
  try {
    await fetchFrom(url, host, 'none', fetch, explain);
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall !== 'open' && syscall !== 'write') throw error;
    throw notInstalled(
      `its archive could not be written to ${target} (${code}).`,
      'Make room on the disk of the machine.',
    );
  }
  const elapsed = formatDuration(Math.round((performance.now() - startedAt) / 10) * 10);
  host.log(`→ downloaded ${formatSize(received)} in ${elapsed}`);
  return hash.digest('hex');
}

function get(url: URL, host: ReleasesHost): Promise<HttpResponse> {
  const { signal } = host.deadline;
  return fetchFrom(url, host, REQUEST_TIMEOUT, (transport, request) => transport.send(request, signal));
}

function textOf(response: HttpResponse, url: URL): string {
  requireFile(url, response);
  // Leaves a byte order mark out.
  return new TextDecoder().decode(response.body);
}

/** Makes one request with a connection of its own. `explain` says why there is no complete response. */
async function fetchFrom<T>(
  url: URL,
  { proxy, userAgent }: ReleasesHost,
  requestTimeout: number | 'none',
  fetch: (transport: Transport, request: HttpRequest) => Promise<T>,
  explain = ({ message }: HttpError) => message,
): Promise<T> {
  const transport = new Transport({ proxy, connectTimeout: CONNECT_TIMEOUT, requestTimeout });
  try {
    return await fetch(transport, { method: 'GET', url, headers: { 'user-agent': userAgent } });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw notInstalled(
      `${url.href} could not be fetched: ${explain(error)}.`,
      'Check that this machine can reach the host: name resolution, firewall, proxy. Or set the input updates-url to a mirror that it can reach, or install cnspec in a step before this one and leave the input cnspec-version out.',
    );
  } finally {
    transport.close();
  }
}

/** @param problem fits behind "what the URL answers" */
function unusable(url: URL, problem: string): ActionError {
  return notInstalled(
    `what ${url.href} answers ${problem}.`,
    'Look at the input updates-url, and whether a proxy or a firewall answers in the place of the releases host. Run the job again in a few minutes.',
  );
}

function requireFile(url: URL, { status }: Pick<HttpResponse, 'status'>): void {
  if (status === 200) return;
  if (status < 300 || status >= 400) throw unusable(url, `is no file (HTTP status ${status})`);
  const problem = `is a redirect (HTTP status ${status}), which is never followed: updates-url has to name the host that has the files`;
  throw unusable(url, problem);
}

function formatSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
