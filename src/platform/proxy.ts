import { checkBypass, getProxyUrl } from '@actions/http-client/lib/proxy';
import { ActionError } from '../errors.ts';
import { parseProxyUrl } from '../values/proxy-url.ts';
import { UrlError } from '../values/url-error.ts';

/**
 * Chooses the proxy for an endpoint: the one that is named outright, or else what HTTPS_PROXY and NO_PROXY say.
 * @throws ActionError `invalid-input` when the environment names a proxy that cannot be used
 */
export function proxyFor(endpoint: string, named: string | undefined): string | undefined {
  if (named !== undefined) return named;
  const url = new URL(endpoint);
  // NO_PROXY holds for it, or it is on this machine.
  if (checkBypass(url)) return undefined;
  try {
    const proxy = getProxyUrl(url);
    // Without a scheme it is http, as for curl.
    if (proxy !== undefined)
      return parseProxyUrl(proxy.href.includes('://') ? proxy.href : `http://${proxy.href}`);
    // The toolkit takes a URL that it cannot read for no proxy at all; going around it may be forbidden.
    if (process.env.https_proxy || process.env.HTTPS_PROXY) throw new UrlError('is not a URL');
    return undefined;
  } catch (error) {
    // The toolkit's parser quotes the URL in its error, and with it a password.
    const found = error instanceof UrlError ? error.message : 'is not a URL';
    throw new ActionError(
      'invalid-input',
      `The proxy that the environment variable HTTPS_PROXY names ${found}.`,
      'Write it like http://proxy.example.com:3128. For Mondoo Platform, but not for GitHub, the input api-proxy wins over it.',
    );
  }
}
