import type { Deadline } from '../platform/deadline.ts';
import { type HttpRequest, type HttpResponse, Transport, type TransportOptions } from '../platform/transport.ts';
import { HttpError } from '../platform/transport-error.ts';
import type { ActionError } from '../util/errors.ts';
import { readChecksums } from './archive.ts';
import { notInstalled } from './result.ts';
import { isReleaseVersion } from './version.ts';

/** The limits of a connection attempt and of the request for a small file, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
const REQUEST_TIMEOUT = 5000;

/** A host that offers cnspec, as `releases.mondoo.com` does, and how to reach it. */
export interface ReleasesHost {
  /** Without a slash at its end. */
  url: string;
  userAgent: string;
  /** URL */
  proxy: string | undefined;
  deadline: Pick<Deadline, 'signal'>;
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

/**
 * Fetches the SHA-256 of a release's archive, in lower-case hex.
 * @throws ActionError `cnspec-failed`
 */
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

function get(url: URL, host: ReleasesHost): Promise<HttpResponse> {
  const options = { requestTimeout: REQUEST_TIMEOUT, explain: ({ message }: HttpError) => message };
  return fetchFrom(url, host, options, (transport, request) => transport.send(request, host.deadline.signal));
}

function textOf(response: HttpResponse, url: URL): string {
  requireFile(url, response);
  // Leaves a byte order mark out.
  return new TextDecoder().decode(response.body);
}

/**
 * Makes one request with a connection of its own.
 * @param explain fits behind "could not be fetched:"
 * @throws ActionError `cnspec-failed` if there is no complete response
 */
export async function fetchFrom<T>(
  url: URL,
  { proxy, userAgent }: ReleasesHost,
  { requestTimeout, explain }: Pick<TransportOptions, 'requestTimeout'> & { explain(error: HttpError): string },
  fetch: (transport: Transport, request: HttpRequest) => Promise<T>,
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
export function unusable(url: URL, problem: string): ActionError {
  return notInstalled(
    `what ${url.href} answers ${problem}.`,
    'Look at the input updates-url, and whether a proxy or a firewall answers in the place of the releases host. Run the job again in a few minutes.',
  );
}

export function requireFile(url: URL, { status }: Pick<HttpResponse, 'status'>): void {
  if (status === 200) return;
  if (status < 300 || status >= 400) throw unusable(url, `is no file (HTTP status ${status})`);
  const problem = `is a redirect (HTTP status ${status}), which is never followed: updates-url has to name the host that has the files`;
  throw unusable(url, problem);
}
