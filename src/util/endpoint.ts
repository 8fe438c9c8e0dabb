import { UrlError } from './url-error.ts';

/** Where credentials without an `api_endpoint` are sent by cnspec, whatever their region. */
export const DEFAULT_ENDPOINT = 'https://us.api.mondoo.com';

/** The longest endpoint, in characters. */
const LONGEST = 2048;

/**
 * Reads an API endpoint: https, or http on loopback; no user, password, query or fragment.
 * @returns the endpoint without a slash at its end, ready to have `/Service/Method` appended
 * @throws UrlError
 */
export function parseEndpoint(text: string): string {
  if (text.length > LONGEST) throw new UrlError(`is longer than ${LONGEST} characters`);
  // The URL parser drops tabs and line ends silently; cnspec would not.
  if (/\s/.test(text)) throw new UrlError('contains white space');
  const url = URL.parse(text);
  if (url === null) throw new UrlError('is not a URL');
  if (url.username || url.password) throw new UrlError('contains a user name or a password');
  if (url.search || url.hash || text.includes('?') || text.includes('#')) {
    throw new UrlError('contains a query or a fragment');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UrlError('is plain http, which would send your login unencrypted');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new UrlError(`has the scheme ${url.protocol.slice(0, -1)}`);
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

/** Tells whether requests to an endpoint stay on this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Tells whether an endpoint is Mondoo's own, or a simulator's on this machine. */
export function isTrustedHost(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === 'mondoo.com' || hostname.endsWith('.mondoo.com') || isLoopback(hostname);
}

/**
 * Tells whether a text that is not a secret, and that anybody may have written, may say where to go:
 * to Mondoo, to this machine, or where the workflow itself goes.
 * @param workflows the endpoint of the input `api-endpoint`
 */
export function mayLeadTo(endpoint: string, workflows: string | undefined): boolean {
  return isTrustedHost(endpoint) || (workflows !== undefined && isSameHost(endpoint, workflows));
}

/** Tells whether two endpoints are the same host and port. */
export function isSameHost(one: string, other: string): boolean {
  return new URL(one).host === new URL(other).host;
}
