/** What is wrong with a text that should be the URL of a proxy, in words that fit behind its name. */
export class ProxyUrlError extends Error {}

/**
 * Reads the URL of a proxy: http or https, with or without user name and password.
 * @returns the URL, normalized
 * @throws ProxyUrlError without the text itself, which may hold a password
 */
export function parseProxyUrl(text: string): string {
  if (/\s/.test(text)) throw new ProxyUrlError('contains white space');
  if (!URL.canParse(text)) throw new ProxyUrlError('is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProxyUrlError('is neither an http nor an https URL');
  }
  if (proxyPassword(url.href) === undefined)
    throw new ProxyUrlError('has a password that is not URL-encoded');
  return url.href;
}

/** The password in the URL of a proxy as it was meant, empty where there is none; nothing where it cannot be decoded. */
export function proxyPassword(proxy: string): string | undefined {
  try {
    return decodeURIComponent(new URL(proxy).password);
  } catch {
    return undefined;
  }
}
