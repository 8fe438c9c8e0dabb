import manifest from '../package.json' with { type: 'json' };
import { overridingVariables } from './config/environment.ts';
import type { ConfigFile } from './config/file.ts';
import { mondooConfig, renderMondooYml } from './config/mondoo-yml.ts';
import { type CredentialsDocument, parseCredentials } from './credentials/decode.ts';
import type { Identity } from './credentials/identity.ts';
import { readRegistered } from './credentials/minted.ts';
import type { RegistrationToken } from './credentials/registration-token.ts';
import { secretsIn, tokenSecrets } from './credentials/secrets.ts';
import { readServiceAccount, type ServiceAccount } from './credentials/service-account.ts';
import type { Inputs } from './inputs.ts';
import { mask } from './mask.ts';
import { agentInfo } from './platform/agent-info.ts';
import { CallError } from './platform/call-error.ts';
import type { PlatformClient } from './platform/client.ts';
import { observe, observeAccount, observePlatform } from './platform/observe.ts';
import { tellRegistration, warnOfOverride, warnOfUnknownClock } from './report/notices.ts';
import { keepMintedClient } from './state.ts';
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
 * @returns whether mondoo.yml stands: the gate has passed
 */
export async function registerAs(credentials: CredentialsDocument, work: Work): Promise<boolean> {
  const { inputs, facts, platform } = work;
  const account = adopt(mondooYml(credentials, work), facts);
  facts.observation = await observe(platform, account);
  warnOfUnknownClock(facts.observation);
  const { registration, observation } = facts;
  // A client cannot be taken back, so it is created only where nothing speaks against it.
  if (registration.wanted && observation.ping === 'accepted' && verdictOn(facts, inputs).passed) {
    await recordFailure(registration, async () => {
      const info = agentInfo(facts.host, manifest.version, process.env);
      registration.clientMrn = await platform.registerAgent(account, registration.name, info);
    });
  }
  if (!verdictOn(facts, inputs).passed) return false;
  await write(mondooYml(credentials, work), work.file);
  return true;
}

/**
 * Registers a client by a registration token, which mints a service account for it, and proves that.
 * The key is written down at once: whoever has to unregister the client needs it.
 * @returns whether mondoo.yml may stay: the gate has passed
 */
export async function registerByToken(token: RegistrationToken, work: Work): Promise<boolean> {
  const { inputs, facts, platform } = work;
  facts.observation = await observePlatform(platform);
  warnOfUnknownClock(facts.observation);
  if (!verdictOn(facts, inputs).passed) return false;

  const { registration } = facts;
  const minted = await recordFailure(registration, async () => {
    tellRegistration(registration.name);
    const info = agentInfo(facts.host, manifest.version, process.env);
    const minted = await platform.registerWithToken(token.token, registration.name, info);
    mask(secretsIn(JSON.stringify(minted.credential ?? null)));
    return { agentMrn: minted.agentMrn, credentials: readRegistered(minted, token, facts.now) };
  });
  if (minted === undefined) return false;

  registration.clientMrn = minted.agentMrn;
  keepMintedClient(minted.agentMrn);
  const config = mondooYml(minted.credentials, work);
  const account = adopt(config, facts);
  await write(config, work.file);
  facts.observation = await observeAccount(facts.observation, platform, account);
  return verdictOn(facts, inputs).passed;
}

/** The keys and values of mondoo.yml, and its text. */
interface MondooYml {
  keys: CredentialsDocument;
  text: string;
}

/** Renders mondoo.yml, with the client where there is one by now. */
function mondooYml(credentials: CredentialsDocument, { inputs, identity, facts }: Work): MondooYml {
  const keys = mondooConfig(credentials, {
    apiEndpoint: identity.account.apiEndpoint,
    apiProxy: proxyNamed(inputs, identity),
    updatesUrl: inputs.updatesUrl,
    annotations: inputs.annotations,
    agentMrn: facts.registration.clientMrn,
  });
  return { keys, text: renderMondooYml(keys) };
}

/** Makes credentials the ones that sign: as parsed back from the very text that mondoo.yml will hold. */
function adopt({ text }: MondooYml, facts: Facts): ServiceAccount {
  mask(secretsIn(text));
  const { account } = readServiceAccount(parseCredentials({ form: 'YAML', text }), { now: facts.now });
  facts.account = account;
  return account;
}

async function write({ keys, text }: MondooYml, file: ConfigFile): Promise<void> {
  // In one piece and in the lines of `base64`: the runner would not find the key in it.
  mask(tokenSecrets(Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')));
  await file.write(text);
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
    return undefined;
  }
}
