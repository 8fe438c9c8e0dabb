import type { CnspecStatus } from './status-output.ts';

/**
 * Leaves the URLs that cnspec told as they are where they lie at or below the releases host in use, and leaves
 * nothing but the host of any other: its path may be a token.
 * @param releases URL without a slash at its end
 */
export function withoutForeignPaths<Status extends Pick<CnspecStatus, 'updatesUrl' | 'providersUrl'>>(
  status: Status,
  releases: string,
): Status {
  const base = normalized(releases);
  const tellable = (url: string | undefined) => {
    if (url === undefined) return undefined;
    const at = normalized(url);
    return at === base || at.startsWith(`${base}/`) ? url : new URL(url).origin;
  };
  return {
    ...status,
    updatesUrl: tellable(status.updatesUrl),
    providersUrl: tellable(status.providersUrl),
  };
}

/** Without dots that lead upwards, and without a slash at its end. */
function normalized(url: string): string {
  return new URL(url).href.replace(/\/$/, '');
}
