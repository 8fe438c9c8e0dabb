/** Where credentials without an `api_endpoint` are sent by cnspec, whatever their region. */
export const DEFAULT_ENDPOINT = 'https://us.api.mondoo.com';

/** The longest endpoint, in characters. */
const LONGEST = 2048;

/** What is wrong with a text that should be an endpoint, in words that fit behind "api_endpoint". */
export class EndpointError extends Error {}

/**
 * Reads an API endpoint: https, or http on loopback; no user, password, query or fragment.
 * @returns the endpoint without a slash at its end, ready to have `/Service/Method` appended
 * @throws EndpointError without the text itself, which may hold a password
 */
export function parseEndpoint(text: string): string {
  if (text.length > LONGEST) throw new EndpointError(`is longer than ${LONGEST} characters`);
  // The URL parser drops tabs and line ends silently; cnspec would not.
  if (/\s/.test(text)) throw new EndpointError('contains white space');
  if (!URL.canParse(text)) throw new EndpointError('is not a URL');
  const url = new URL(text);
  if (url.username || url.password) throw new EndpointError('contains a user name or a password');
  if (url.search || url.hash || text.includes('?') || text.includes('#')) {
    throw new EndpointError('contains a query or a fragment');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new EndpointError('is plain http, which would send your login unencrypted');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EndpointError(`has the scheme ${url.protocol.slice(0, -1)}`);
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
