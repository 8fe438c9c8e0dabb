import type { Deadline } from '../platform/deadline.ts';
import { type HttpRequest, type HttpResponse, Transport } from '../platform/transport.ts';
import { HttpError } from '../platform/transport-error.ts';
import type { ActionError } from '../util/errors.ts';
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
  const version = versionIn(textOf(await get(url, host), url));
  if (version === undefined) throw unusable(url, 'names no version of cnspec');
  return version;
}

/**
 * Fetches the text of a release's SHA256SUMS file.
 * @throws ActionError `cnspec-failed`
 */
export async function fetchChecksums(host: ReleasesHost, version: string): Promise<string> {
  const url = releaseUrl(host, `${version}/cnspec_v${version}_SHA256SUMS`);
  const response = await get(url, host);
  if (response.status === 404) {
    throw notInstalled(
      `${host.url} has no cnspec ${version} (HTTP status 404 for its checksums).`,
      'Look at the spelling of the input cnspec-version, and whether there is such a release. A mirror has to hold the folder of the version with the file SHA256SUMS in it.',
    );
  }
  return textOf(response, url);
}

export function releaseUrl({ url }: ReleasesHost, file: string): URL {
  return new URL(`${url}/cnspec/${file}`);
}

export function openTransport({ proxy }: ReleasesHost, requestTimeout: number | 'none'): Transport {
  return new Transport({ proxy, connectTimeout: CONNECT_TIMEOUT, requestTimeout });
}

export function requestFor(url: URL, { userAgent }: ReleasesHost): HttpRequest {
  return { method: 'GET', url, headers: { 'user-agent': userAgent } };
}

async function get(url: URL, host: ReleasesHost): Promise<HttpResponse> {
  const transport = openTransport(host, REQUEST_TIMEOUT);
  try {
    return await transport.send(requestFor(url, host), host.deadline.signal);
  } catch (error) {
    throw error instanceof HttpError ? unreachable(url, error.message) : error;
  } finally {
    transport.close();
  }
}

export function unreachable(url: URL, reason: string): ActionError {
  return notInstalled(
    `${url.href} could not be fetched: ${reason}.`,
    'Check that this machine can reach the host: name resolution, firewall, proxy. Or set the input updates-url to a mirror that it can reach, or install cnspec in a step before this one and leave the input cnspec-version out.',
  );
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

function textOf(response: HttpResponse, url: URL): string {
  requireFile(url, response);
  return response.body.toString('utf8');
}

function versionIn(json: string): string | undefined {
  try {
    const { version } = JSON.parse(json.replace(/^\ufeff/, '')) as { version?: unknown };
    return typeof version === 'string' && isReleaseVersion(version) ? version : undefined;
  } catch {
    return undefined;
  }
}
