/** Where cnspec sends credentials without an `api_endpoint`, in any region. */
export const DEFAULT_ENDPOINT = 'https://us.api.mondoo.com';

/**
 * Returns the error for a URL that can't be used.
 * @param problem follows the name of the URL, which is never quoted, as it may hold a password
 */
type Refuse = (problem: string) => Error;

/** Parses a text, or throws what `refuse` returns. */
export type ParseUrl = (text: string, refuse: Refuse) => string;

/**
 * Parses an API endpoint: https, or http on loopback; no user, password, query or fragment.
 * @returns the endpoint without a slash at its end
 */
export function parseEndpoint(text: string, refuse: Refuse): string {
  if (text.length > 2048) throw refuse('is longer than 2048 characters');
  const url = parseUrl(text, refuse);
  if (url.username || url.password) throw refuse('contains a user name or a password');
  if (/[?#]/.test(text)) throw refuse('contains a query or a fragment');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refuse('is plain http, which would send your credentials unencrypted');
  }
  if (!/^https?:$/.test(url.protocol)) throw refuse('is not an https URL');
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

/**
 * Parses the URL of a proxy: http or https, with or without user name and password.
 * @returns the URL, normalized
 */
export function parseProxyUrl(text: string, refuse: Refuse): string {
  const url = parseUrl(text, refuse);
  if (!/^https?:$/.test(url.protocol)) throw refuse('is neither an http nor an https URL');
  // A password may hold an apostrophe.
  if (/["\\]/.test(text) || /['`]/.test(url.host)) throw refuse('contains a quote or a backslash');
  try {
    proxyLogin(url.href);
  } catch {
    throw refuse('has a user name or a password that is not URL-encoded');
  }
  return url.href;
}

/** The decoded user name and password; empty if there are none. */
export function proxyLogin(proxy: string): { username: string; password: string } {
  const { username, password } = new URL(proxy);
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function parseUrl(text: string, refuse: Refuse): URL {
  // Node drops tabs and line ends silently; cnspec does not.
  if (/\s/.test(text)) throw refuse('contains white space');
  const url = URL.parse(text);
  if (url === null) throw refuse('is not a URL');
  return url;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether an endpoint is Mondoo's own, or on this runner. */
export function isTrustedHost(endpoint: string): boolean {
  return isMondooHost(endpoint) || isLoopback(new URL(endpoint).hostname);
}

export function isMondooHost(endpoint: string): boolean {
  return /(?:^|\.)mondoo\.com$/.test(new URL(endpoint).hostname);
}

export function isSameHost(one: string, other: string): boolean {
  return new URL(one).host === new URL(other).host;
}
