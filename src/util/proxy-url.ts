import { UrlError } from './url-error.ts';

/**
 * Reads the URL of a proxy: http or https, with or without user name and password.
 * @returns the URL, normalized
 * @throws UrlError
 */
export function parseProxyUrl(text: string): string {
  if (/\s/.test(text)) throw new UrlError('contains white space');
  const url = URL.parse(text);
  if (url === null) throw new UrlError('is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UrlError('is neither an http nor an https URL');
  }
  try {
    proxyLogin(url.href);
  } catch {
    throw new UrlError('has a user name or a password that is not URL-encoded');
  }
  return url.href;
}

/** The user name and the password in the URL of a proxy, decoded; empty where there are none. */
export function proxyLogin(proxy: string): { username: string; password: string } {
  const { username, password } = new URL(proxy);
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
