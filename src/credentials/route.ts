import type { Route } from '../platform/connect.ts';
import { type NamedProxies, proxyFor } from '../platform/proxy.ts';
import { proxySecrets } from './secrets.ts';

/** Finds how a server is reached, and masks the password of its proxy. @param named undefined if it isn't Mondoo's */
export function routeTo(
  url: string,
  named: NamedProxies | undefined,
  job: { env: NodeJS.ProcessEnv; mask(secrets: string[]): void },
): Route {
  const route = proxyFor(url, named, job.env);
  job.mask(proxySecrets(route.proxy));
  return { ...route, extraCaFile: job.env.NODE_EXTRA_CA_CERTS };
}
