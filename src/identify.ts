import { type Identity, identityTarget, resolveIdentity } from './credentials/identity.ts';
import { proxySecrets } from './credentials/secrets.ts';
import type { Job, Work } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import { proxyFor } from './platform/proxy.ts';
import type { Registration } from './status/result.ts';

/** The way to the platform. */
export interface Route {
  endpoint: string;
  /** The proxy that the workflow or the credentials name. */
  apiProxy: string | undefined;
  /** That one, or the environment's. */
  proxy: string | undefined;
}

/** Who the step is, and where that leads. */
export interface Identified {
  identity: Identity;
  /** Where the identity came from, for people. */
  source: string;
  /** The service account, if the credentials are one. */
  account: ServiceAccount | undefined;
  route: Route;
  registration: Registration;
}

/** Finds out who the step is, without a request. */
export async function identify({ inputs, job, startedAt }: Work): Promise<Identified> {
  const given = { ...inputs, configBase64: job.env.MONDOO_CONFIG_BASE64 ?? '' };
  const resolved = await resolveIdentity(given, {
    endpoint: inputs.apiEndpoint,
    now: startedAt,
    mask: job.mask,
    findIdTokens: () => job.findIdTokens(inputs.onMissingCredentials),
  });
  if (!resolved) throw await job.explainMissingCredentials(inputs.onMissingCredentials);
  const { identity, source, warnings } = resolved;
  job.log(`→ loaded ${source}`);
  for (const text of warnings) job.warn(text);

  const own = identity.kind === 'service account' ? identity.account : undefined;
  const { apiEndpoint: endpoint } = identityTarget(identity);
  const apiProxy = inputs.apiProxy ?? own?.apiProxy;
  const proxy = maskedProxy(endpoint, apiProxy, job);
  const clientMrn = own?.agentMrn;
  return {
    identity,
    source,
    account: own,
    route: { endpoint, apiProxy, proxy },
    registration: { wanted: inputs.register && clientMrn === undefined, name: inputs.name, clientMrn },
  };
}

/** Chooses the proxy for a URL, and masks its password. */
export function maskedProxy(
  url: string,
  named: string | undefined,
  job: Pick<Job, 'env' | 'mask'>,
): string | undefined {
  const proxy = proxyFor(url, named, job.env);
  job.mask(proxySecrets(proxy));
  return proxy;
}
