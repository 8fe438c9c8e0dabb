import { ActionError } from '../util/errors.ts';
import { isLoopback, parseProxyUrl, UrlError } from '../util/url.ts';
import { portOf } from './connect.ts';

/**
 * Chooses the proxy for an endpoint: the one that is named outright, or else what HTTPS_PROXY and NO_PROXY say.
 * Plain http goes to loopback only, where the environment names no proxy.
 * @throws ActionError `invalid-input` when the environment names a proxy that cannot be used
 */
export function proxyFor(endpoint: string, named: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (named !== undefined) return named;
  const url = new URL(endpoint);
  const proxy = env.https_proxy || env.HTTPS_PROXY;
  if (!proxy || isLoopback(url.hostname) || isBypassed(url, env.no_proxy || env.NO_PROXY || '')) return undefined;
  try {
    // Without a scheme it is http, as for curl.
    return parseProxyUrl(proxy.includes('://') ? proxy : `http://${proxy}`);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    throw new ActionError(
      'invalid-input',
      `The proxy that the environment variable HTTPS_PROXY names ${error.message}.`,
      'Write it like http://proxy.example.com:3128. For Mondoo Platform, but not for GitHub, the input api-proxy wins over it.',
    );
  }
}

/** NO_PROXY lists host names, each with the names below it, with or without a port; `*` stands for all. */
function isBypassed(url: URL, noProxy: string): boolean {
  const hosts = [url.hostname, `${url.hostname}:${portOf(url)}`];
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)
    .some((entry) => entry === '*' || hosts.some((host) => `.${host}`.endsWith(`.${entry.replace(/^\./, '')}`)));
}
