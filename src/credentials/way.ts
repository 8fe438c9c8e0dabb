import type { Way } from '../platform/connect.ts';
import { type NamedProxies, proxyFor } from '../platform/proxy.ts';
import { proxySecrets } from './secrets.ts';

/** Finds how a server is reached, and masks the password of its proxy. @param named undefined if it isn't Mondoo's */
export function wayTo(
  url: string,
  named: NamedProxies | undefined,
  job: { env: NodeJS.ProcessEnv; mask(secrets: string[]): void },
): Way {
  const way = proxyFor(url, named, job.env);
  job.mask(proxySecrets(way.proxy));
  return { ...way, extraCaFile: job.env.NODE_EXTRA_CA_CERTS };
}
