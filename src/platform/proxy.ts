import { isLoopback, parseProxyUrl, readUrl } from '../util/url.ts';
import { portOf } from './connect.ts';

/**
 * Chooses the proxy for an endpoint: `named`, or else what HTTPS_PROXY and NO_PROXY say.
 * @throws ActionError `invalid-input` if HTTPS_PROXY can't be used
 */
export function proxyFor(endpoint: string, named: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (named !== undefined) return named;
  const url = new URL(endpoint);
  const proxy = env.https_proxy || env.HTTPS_PROXY;
  if (!proxy || isLoopback(url.hostname) || isBypassed(url, env.no_proxy || env.NO_PROXY || '')) return undefined;
  return readUrl(proxy.includes('://') ? proxy : `http://${proxy}`, parseProxyUrl, {
    code: 'invalid-input',
    subject: 'The proxy in the environment variable `HTTPS_PROXY`',
    remedy: 'Write it like `http://proxy.example.com:3128`. For Mondoo Platform, the input `api-proxy` overrides it.',
  });
}

/** NO_PROXY lists domains, with or without a port, or `*`. */
function isBypassed(url: URL, noProxy: string): boolean {
  const hosts = [url.hostname, `${url.hostname}:${portOf(url)}`];
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)
    .some((entry) => entry === '*' || hosts.some((host) => `.${host}`.endsWith(`.${entry.replace(/^\./, '')}`)));
}
