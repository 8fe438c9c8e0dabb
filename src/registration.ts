import manifest from '../package.json' with { type: 'json' };
import { uninterrupted } from './cancel.ts';
import { overridingVariables } from './config/environment.ts';
import type { ConfigFile } from './config/file.ts';
import { mondooConfig, renderMondooYml } from './config/render.ts';
import type { CredentialsDocument } from './credentials/decode.ts';
import { type Identity, identityTarget } from './credentials/identity.ts';
import { readRegistered, requireOwn } from './credentials/minted.ts';
import type { RegistrationToken } from './credentials/registration-token.ts';
import { documentSecrets, secretsIn, tokenSecrets } from './credentials/secrets.ts';
import type { ServiceAccount } from './credentials/service-account.ts';
import { requireRunner } from './github/command-files.ts';
import type { Inputs } from './inputs.ts';
import { mask } from './mask.ts';
import { agentInfo } from './platform/agent-info.ts';
import { CallError } from './platform/call-error.ts';
import type { PlatformClient } from './platform/client.ts';
import { canSign, observe, observeAccount, observePlatform } from './platform/observe.ts';
import { tellRegistration, warnOfOverride, warnOfUnknownClock } from './report/notices.ts';
import { forgetExpectedClient, keepExpectedClient, keepMintedClient } from './state.ts';
import type { Facts, Registration } from './status/facts.ts';
import { verdictOn } from './status/verdict.ts';

/** What the way to a registered client takes, whichever it is. */
export interface Work {
  inputs: Inputs;
  identity: Identity;
  facts: Facts;
  file: ConfigFile;
  platform: PlatformClient;
}

/**
 * Proves a service account, and registers a client by it.
 * @returns what is written down, but not in its place; nothing where the gate has failed
 */
export async function registerAs(
  { credentials, account }: { credentials: CredentialsDocument; account: ServiceAccount },
  work: Work,
): Promise<MondooYml | undefined> {
  const { inputs, facts, platform } = work;
  facts.account = account;
  facts.observation = await observe(platform, account);
  warnOfUnknownClock(facts.observation);
  const { registration, observation } = facts;
  // A client cannot be taken back, so it is created only where nothing speaks against it.
  if (registration.wanted && observation.ping === 'accepted' && verdictOn(facts, inputs).passed) {
    requireRunner();
    await recordFailure(registration, async () => {
      const info = agentInfo(facts.host, manifest.version, process.env);
      registration.clientMrn = await platform.registerAgent(account, registration.name, info);
    });
  }
  if (!verdictOn(facts, inputs).passed) return undefined;
  const config = mondooYml(credentials, work);
  write(config, work.file);
  return config;
}

/**
 * Registers a client by a registration token, which mints a service account for it, and proves that.
 * @returns what is written down, but not in its place; nothing where the gate has failed
 */
export async function registerByToken(token: RegistrationToken, work: Work): Promise<MondooYml | undefined> {
  const { inputs, facts, platform } = work;
  facts.observation = await observePlatform(platform);
  warnOfUnknownClock(facts.observation);
  // Whatever the gate lets pass: nobody could sign for the client, nor take it back.
  if (!verdictOn(facts, inputs).passed || !canSign(facts.observation)) return undefined;

  const minted = await uninterrupted(() => mint(token, work));
  if (minted === undefined) return undefined;
  facts.observation = await observeAccount(facts.observation, platform, minted.account);
  return verdictOn(facts, inputs).passed ? minted.config : undefined;
}

/** Registers a client by a registration token, and writes down the key that comes with it. */
async function mint(
  token: RegistrationToken,
  work: Work,
): Promise<{ account: ServiceAccount; config: MondooYml } | undefined> {
  const { facts, file, platform } = work;
  const { registration } = facts;
  tellRegistration(registration.name);
  keepExpectedClient(registration.name);
  const minted = await recordFailure(registration, async () => {
    const info = agentInfo(facts.host, manifest.version, process.env);
    const answer = await platform.registerWithToken(token.jwt, registration.name, info);
    mask(documentSecrets(answer.credential));
    const { agentMrn: clientMrn, credentials, account: unproxied } = readRegistered(answer, token, facts.now);
    const apiProxy = proxyNamed(work.inputs, work.identity);
    const account = apiProxy === undefined ? unproxied : { ...unproxied, apiProxy };
    const config = mondooYml(credentials, work, clientMrn);
    let isKept = false;
    try {
      keepMintedClient(clientMrn);
      // The first thing that is done with the key: once it is written, post can unregister the client.
      write(config, file);
      isKept = true;
    } finally {
      facts.minted = { clientMrn, account, isKept };
    }
    requireOwn(answer, facts.minted, token);
    registration.clientMrn = clientMrn;
    facts.account = account;
    return { account, config };
  });
  forgetExpectedClient();
  return minted;
}

/** The keys and values of mondoo.yml, and its text. */
export interface MondooYml {
  keys: CredentialsDocument;
  text: string;
}

/** Renders mondoo.yml, with the client where there is one by now. */
function mondooYml(
  credentials: CredentialsDocument,
  { inputs, identity, facts, file }: Work,
  agentMrn = facts.registration.clientMrn,
): MondooYml {
  const keys = mondooConfig(credentials, {
    apiEndpoint: identityTarget(identity).apiEndpoint,
    apiProxy: proxyNamed(inputs, identity),
    updatesUrl: inputs.updatesUrl,
    annotations: inputs.annotations,
    agentMrn,
  });
  return { keys, text: renderMondooYml(keys, file.mark) };
}

function write({ text }: MondooYml, file: ConfigFile): void {
  mask(secretsIn(text));
  // In one piece and in the lines of `base64` and of `openssl base64`: the runner would not find the key in them.
  const base64 = Buffer.from(text).toString('base64');
  mask([...new Set([/.{76}/g, /.{64}/g].flatMap((line) => tokenSecrets(base64.replace(line, '$&\n'))))]);
  file.write(text);
}

/** Puts what is written down where later steps look for it. */
export async function putInPlace(
  { keys, text }: MondooYml,
  { file, facts }: Pick<Work, 'file' | 'facts'>,
): Promise<void> {
  // Another use of the action in this job puts its own mondoo.yml there, but knows nothing of what has to be taken back.
  if (facts.minted) await file.keepCopy(text);
  await file.publish();
  for (const name of overridingVariables(process.env, keys)) warnOfOverride(name);
}

/** The proxy that workflow or credentials name, rather than the environment. */
export function proxyNamed({ apiProxy }: Inputs, identity: Identity): string | undefined {
  return apiProxy ?? (identity.kind === 'service account' ? identity.account.apiProxy : undefined);
}

/** Keeps why a registration failed; it then comes to nothing. */
async function recordFailure<T>(
  registration: Registration,
  register: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await register();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    registration.error = error;
    registration.failedAt = new Date();
    return undefined;
  }
}
