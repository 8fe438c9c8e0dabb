import { portOf, type Route } from '../platform/connect.ts';
import { ActionError } from '../util/errors.ts';
import { isLoopback, parseProxyUrl } from '../util/url.ts';
import { proxySecrets } from './secrets.ts';

/** The proxies that are named for Mondoo Platform. */
export interface NamedProxies {
  input: string | undefined;
  credentials?: string | undefined;
}

/**
 * Finds how a server is reached, and masks the password of its proxy: the one that is named for Mondoo Platform, in
 * cnspec's order behind the input, or else what HTTPS_PROXY and NO_PROXY say.
 * @param named undefined if the server isn't Mondoo's
 * @throws ActionError `invalid-input` if a variable can't be used
 */
export function routeTo(
  url: string,
  named: NamedProxies | undefined,
  job: { env: NodeJS.ProcessEnv; mask(secrets: string[]): void },
): Route {
  const route = proxyFor(url, named, job.env);
  job.mask(proxySecrets(route.proxy));
  return { ...route, extraCaFile: job.env.NODE_EXTRA_CA_CERTS };
}

export function proxyFor(server: string, named: NamedProxies | undefined, env: NodeJS.ProcessEnv): Route {
  const url = new URL(server);
  // The proxy could read ID tokens and minted keys.
  if (url.protocol === 'http:') return {};
  if (named?.input) return { proxy: named.input, proxyFrom: 'the input `api-proxy`' };
  if (named && env.MONDOO_API_PROXY) return readVariable('MONDOO_API_PROXY', env.MONDOO_API_PROXY);
  if (named?.credentials) return { proxy: named.credentials, proxyFrom: '`api_proxy` of the credentials' };
  const name = env.HTTPS_PROXY ? 'HTTPS_PROXY' : 'https_proxy';
  const proxy = env[name];
  if (!proxy || isLoopback(url.hostname) || isBypassed(url, env.NO_PROXY || env.no_proxy || '')) return {};
  return readVariable(name, proxy.includes('://') ? proxy : `http://${proxy}`);
}

function readVariable(name: string, value: string): Route {
  const remedy = 'Write it like `http://proxy.example.com:3128`. For Mondoo, the input `api-proxy` overrides it.';
  const subject = `The proxy in the variable \`${name}\``;
  const refuse = (problem: string) => new ActionError('invalid-input', `${subject} ${problem}.`, remedy);
  return { proxy: parseProxyUrl(value, refuse), proxyFrom: `\`${name}\`` };
}

/** NO_PROXY lists domains, with or without a port, or `*`. As in Go, `.x` and `*.x` leave `x` itself out. */
function isBypassed(url: URL, noProxy: string): boolean {
  const hosts = [url.hostname, `${url.hostname}:${portOf(url)}`];
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase().replace(/^\*\./, '.'))
    .filter(Boolean)
    .some((entry) => hosts.some((host) => [host, '*'].includes(entry) || host.endsWith(entry.replace(/^\.?/, '.'))));
}
