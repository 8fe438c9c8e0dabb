import path from 'node:path';
import { isOurs, readText } from './config/read.ts';
import { decodeCredentials, parseJson } from './credentials/decode.ts';
import { diagnose, type Pasted } from './credentials/diagnose.ts';
import { readExternalAccount } from './credentials/external-account.ts';
import { type Identity, identityTarget } from './credentials/identity.ts';
import { requireReadable } from './credentials/readable.ts';
import { readRegistrationToken } from './credentials/registration-token.ts';
import { routeTo } from './credentials/route.ts';
import { credentialSecrets, documentSecrets } from './credentials/secrets.ts';
import { readServiceAccount } from './credentials/service-account.ts';
import type { Work } from './job.ts';
import type { Registration } from './status/result.ts';
import { ActionError } from './util/errors.ts';
import { isInside } from './util/paths.ts';

/** The identity, and the route to its platform. */
export type Identified = Awaited<ReturnType<typeof identify>>;

const VARIABLE = 'the variable `MONDOO_CONFIG_BASE64`';

/**
 * Finds the identity of the step, without a request.
 * @returns also `source`, for people, and `origin` if the credentials aren't from an input
 * @throws ActionError
 */
export async function identify(work: Work) {
  const { inputs, job } = work;
  const { identity, source, warnings, origin } = await readIdentity(work);
  job.log(`→ loaded ${source}`);
  for (const text of warnings) job.warn(text);

  const account = identity.kind === 'service account' ? identity.account : undefined;
  const { apiEndpoint: endpoint } = identityTarget(identity);
  // For mondoo.yml: later steps read the environment themselves.
  const apiProxy = inputs.apiProxy ?? account?.apiProxy;
  const named = { input: inputs.apiProxy, credentials: account?.apiProxy };
  const route = { endpoint, apiProxy, named, ...routeTo(endpoint, named, job) };
  const clientMrn = account?.agentMrn;
  const wanted = inputs.register && clientMrn === undefined && !origin?.earlierFile;
  const registration: Registration = { wanted, name: inputs.name, clientMrn };
  return { identity, source, account, route, registration, origin };
}

/** Finds the credentials: the input, the environment variable, or the file that an earlier step wrote from that. */
async function findCredentials({ inputs, job }: Work) {
  if (inputs.credentials.trim() !== '') return { given: inputs.credentials, place: job.credentialsPlace };
  const { MONDOO_CONFIG_BASE64: variable, MONDOO_CONFIG_PATH: file } = job.env;
  if (variable?.trim()) return { given: variable, place: VARIABLE, origin: {} };
  // An earlier step with this action emptied the variable. A file in the workspace may come from a pull request.
  if (variable === undefined || !file || (await isInside(job.workspace, path.resolve(file)))) return undefined;
  const text = await readText(file).catch(() => '');
  if (!isOurs(text, `credentials from ${VARIABLE}`)) return undefined;
  job.mask(credentialSecrets(text));
  const place = `${file}, which an earlier step wrote from ${VARIABLE}`;
  return { given: text, place, origin: { earlierFile: file } };
}

async function readIdentity(work: Work) {
  const { inputs, job, startedAt: now } = work;
  const { registrationToken, apiEndpoint: endpoint, onMissingCredentials } = inputs;
  if (registrationToken !== '') {
    const { token, warnings } = readRegistrationToken(registrationToken, { endpoint, now });
    const identity: Identity = { kind: 'registration token', token };
    return { identity, source: `a registration token for ${token.ownerMrn}`, warnings };
  }

  const found = await findCredentials(work);
  if (!found) throw await job.explainMissingCredentials(onMissingCredentials);
  const { given, place, origin } = found;
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
      return { identity, source: `${source}: a workload identity JSON for ${account.ownerMrn}`, warnings, origin };
    }
    requireReadable(document);
    const { warnings, ...session } = readServiceAccount(document, { endpoint, now });
    return { identity: { kind: 'service account' as const, ...session }, source, warnings, origin };
  } catch (error) {
    if (!(error instanceof ActionError) || error.code !== 'invalid-credentials') throw error;
    throw diagnose(pasted) ?? error;
  }
}
