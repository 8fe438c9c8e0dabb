import { ActionError } from '../errors.ts';
import type { HttpResponse, Transport } from '../platform/transport.ts';
import { HttpError } from '../platform/transport-error.ts';
import { isReleaseVersion } from './version.ts';

/** Where cnspec comes from when the workflow names no mirror. */
export const PUBLIC_RELEASES = 'https://releases.mondoo.com';

/** How long a releases host may take to accept a connection, in milliseconds. */
export const REACHABLE_WITHIN = 2000;

/** How long it may take to answer with a small file, in milliseconds. */
export const ANSWERED_WITHIN = 5000;

const USE_A_MIRROR =
  'Check that this machine can reach the host: name resolution, firewall, proxy. Or set the input updates-url to a mirror that it can reach, or install cnspec in a step before this one and leave the input cnspec-version out.';

/** A host that offers cnspec, as `releases.mondoo.com` does. */
export class Releases {
  readonly url: string;
  private readonly transport: Transport;
  private readonly userAgent: string;

  /** @param url without a slash at its end */
  constructor(transport: Transport, { url, userAgent }: { url: string; userAgent: string }) {
    this.transport = transport;
    this.url = url;
    this.userAgent = userAgent;
  }

  /**
   * Asks which version is the newest.
   * @throws ActionError `cnspec-failed`
   */
  async newest(): Promise<string> {
    const url = new URL(`${this.url}/cnspec/latest.json`);
    const answer = await this.get(url);
    if (answer.status !== 200) throw unusable(url, describeStatus(answer));
    const version = versionIn(answer.body.toString('utf8'));
    if (version === undefined) throw unusable(url, 'names no version of cnspec');
    return version;
  }

  /**
   * Fetches the SHA-256 sums of a version's archives.
   * @returns the text of its SHA256SUMS file
   * @throws ActionError `cnspec-failed`
   */
  async checksums(version: string): Promise<string> {
    const url = new URL(`${this.url}/cnspec/${version}/cnspec_v${version}_SHA256SUMS`);
    const answer = await this.get(url);
    if (answer.status === 404) {
      throw new ActionError(
        'cnspec-failed',
        `cnspec could not be installed: ${this.url} has no cnspec ${version} (HTTP status 404 for its checksums).`,
        'Look at the spelling of the input cnspec-version, and whether there is such a release. A mirror has to hold the folder of the version with the file SHA256SUMS in it.',
      );
    }
    if (answer.status !== 200) throw unusable(url, describeStatus(answer));
    return answer.body.toString('utf8');
  }

  /** Where an archive lies. */
  archive(version: string, name: string): URL {
    return new URL(`${this.url}/cnspec/${version}/${name}`);
  }

  private async get(url: URL): Promise<HttpResponse> {
    try {
      return await this.transport.send({ method: 'GET', url, headers: { 'user-agent': this.userAgent } });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw unreachable(url, error.message);
    }
  }
}

/** There was no answer, or none to its end. `reason` says why in a few words. */
export function unreachable(url: URL, reason: string): ActionError {
  return new ActionError(
    'cnspec-failed',
    `cnspec could not be installed: ${url.href} could not be fetched: ${reason}.`,
    USE_A_MIRROR,
  );
}

/** There was an answer, but not the one that was asked for. `problem` fits behind "the answer". */
export function unusable(url: URL, problem: string): ActionError {
  return new ActionError(
    'cnspec-failed',
    `cnspec could not be installed: what ${url.href} answers ${problem}.`,
    'Look at the input updates-url, and whether a proxy or a firewall answers in the place of the releases host. Run the job again in a few minutes.',
  );
}

/** Says what an answer without the file is. */
export function describeStatus({ status }: Pick<HttpResponse, 'status'>): string {
  if (status >= 300 && status < 400) {
    return `is a redirect (HTTP status ${status}), which is never followed: updates-url has to name the host that has the files`;
  }
  return `is no file (HTTP status ${status})`;
}

function versionIn(json: string): string | undefined {
  try {
    const { version } = JSON.parse(json.replace(/^\ufeff/, '')) as { version?: unknown };
    return typeof version === 'string' && isReleaseVersion(version) ? version : undefined;
  } catch {
    return undefined;
  }
}
