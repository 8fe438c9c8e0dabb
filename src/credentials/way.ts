import { proxyFor } from '../platform/proxy.ts';
import { proxySecrets } from './secrets.ts';

/** Chooses the proxy for a URL, and masks its password. @param named wins over the environment */
export function maskedProxy(
  url: string,
  named: string | undefined,
  job: { env: NodeJS.ProcessEnv; mask(secrets: string[]): void },
): string | undefined {
  const proxy = proxyFor(url, named, job.env);
  job.mask(proxySecrets(proxy));
  return proxy;
}
