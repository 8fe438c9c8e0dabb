import { decodeCredentials, parseJson } from './credentials/decode.ts';
import { diagnose, type Pasted } from './credentials/diagnose.ts';
import { readExternalAccount } from './credentials/external-account.ts';
import { type Identity, identityTarget } from './credentials/identity.ts';
import { maskedProxy } from './credentials/masked-proxy.ts';
import { readRegistrationToken } from './credentials/registration-token.ts';
import { documentSecrets } from './credentials/secrets.ts';
import { readServiceAccount } from './credentials/service-account.ts';
import type { Work } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import type { Registration } from './status/result.ts';
import { ActionError } from './util/errors.ts';

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

/** Finds out who the step is, without a request. @throws ActionError */
export async function identify(work: Work): Promise<Identified> {
  const { inputs, job } = work;
  const { identity, source, warnings } = await readIdentity(work);
  job.log(`→ loaded ${source}`);
  for (const text of warnings) job.warn(text);

  const account = identity.kind === 'service account' ? identity.account : undefined;
  const { apiEndpoint: endpoint } = identityTarget(identity);
  const apiProxy = inputs.apiProxy ?? account?.apiProxy;
  const proxy = maskedProxy(endpoint, apiProxy, job);
  const clientMrn = account?.agentMrn;
  const registration = { wanted: inputs.register && clientMrn === undefined, name: inputs.name, clientMrn };
  return { identity, source, account, route: { endpoint, apiProxy, proxy }, registration };
}

/** MONDOO_CONFIG_BASE64 counts if nothing else is given. */
async function readIdentity({ inputs, job, startedAt: now }: Work) {
  const { credentials, registrationToken, apiEndpoint: endpoint, onMissingCredentials } = inputs;
  if (registrationToken !== '') {
    const { token, warnings } = readRegistrationToken(registrationToken, { endpoint, now });
    const identity: Identity = { kind: 'registration token', token };
    return { identity, source: `a registration token for ${token.ownerMrn}`, warnings };
  }

  const isInput = credentials.trim() !== '';
  const given = isInput ? credentials : (job.env.MONDOO_CONFIG_BASE64 ?? '');
  if (given.trim() === '') throw await job.explainMissingCredentials(onMissingCredentials);
  const place = isInput ? job.credentialsPlace : 'the environment variable `MONDOO_CONFIG_BASE64`';
  const pasted: Pasted = { text: given.trim(), isDecoded: false };
  try {
    const decoded = decodeCredentials(given);
    Object.assign(pasted, { text: decoded.text, isDecoded: decoded.form.startsWith('base64') });
    // The YAML parser takes longer to load than everything else, and few credentials need it.
    const parse = decoded.form.endsWith('JSON') ? parseJson : (await import('./credentials/yaml.ts')).parseYaml;
    const document = parse(decoded);
    pasted.document = document;
    job.mask(documentSecrets(document));
    const source = `credentials from ${place} (${decoded.form})`;

    if (document.type === 'external_account') {
      const { account, warnings } = readExternalAccount(document, endpoint);
      const idTokens = await job.findIdTokens(onMissingCredentials);
      const identity: Identity = { kind: 'workload identity', account, idTokens };
      return { identity, source: `${source}: a workload identity JSON for ${account.ownerMrn}`, warnings };
    }
    const { account, warnings } = readServiceAccount(document, { endpoint, now });
    const identity: Identity = { kind: 'service account', document, account };
    return { identity, source, warnings };
  } catch (error) {
    if (!(error instanceof ActionError) || error.code !== 'invalid-credentials') throw error;
    throw diagnose(pasted) ?? error;
  }
}
