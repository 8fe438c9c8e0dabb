import manifest from '../package.json' with { type: 'json' };
import { overridingVariables } from './config/environment.ts';
import { ConfigFile } from './config/file.ts';
import { defaultConfigPath } from './config/location.ts';
import { mondooConfig, renderMondooYml } from './config/mondoo-yml.ts';
import { type CredentialsDocument, parseCredentials } from './credentials/decode.ts';
import type { Identity } from './credentials/identity.ts';
import { readRegistered } from './credentials/minted.ts';
import type { RegistrationToken } from './credentials/registration-token.ts';
import { credentialSecrets, proxySecrets, secretsIn, tokenSecrets } from './credentials/secrets.ts';
import { readServiceAccount, type ServiceAccount } from './credentials/service-account.ts';
import { ActionError, FINDINGS } from './errors.ts';
import { exchange } from './exchange.ts';
import { describeHost } from './host.ts';
import { identify } from './identity.ts';
import { type Inputs, readInputs, readSecrets } from './inputs.ts';
import { mask } from './mask.ts';
import { unregister } from './minted-client.ts';
import { agentInfo } from './platform/agent-info.ts';
import { CallError } from './platform/call-error.ts';
import type { PlatformClient } from './platform/client.ts';
import { connected } from './platform/connection.ts';
import { Deadline } from './platform/deadline.ts';
import { observe, observeAccount, observePlatform } from './platform/observe.ts';
import { proxyFor } from './platform/proxy.ts';
import { exportConfigPath } from './report/later-steps.ts';
import {
  tellRegistration,
  tellRetry,
  warnOfOverride,
  warnOfRemains,
  warnOfUnknownClock,
} from './report/notices.ts';
import { report } from './report/report.ts';
import { keepFootprint, keepMintedClient } from './state.ts';
import type { Facts, Registration } from './status/facts.ts';
import { findProblems } from './status/findings.ts';
import { judge, type Verdict } from './status/verdict.ts';

/** What the gate and the report need of the inputs, also when these could not be read. */
type Gate = Pick<Inputs, 'failOn' | 'maxClockSkew' | 'jobSummary'>;

const STRICTEST: Gate = { failOn: new Set(FINDINGS), maxClockSkew: 0, jobSummary: true };

/** The room that is taken for mondoo.yml beside what the workflow brings: credentials and an MRN, in bytes. */
const ROOM = 16_384;

/** What the way to a registered client takes, whichever it is. */
interface Work {
  inputs: Inputs;
  identity: Identity;
  facts: Facts;
  file: ConfigFile;
  platform: PlatformClient;
}

/** The main step: registers cnspec, checks its status, tells the outcome, fails the job where the gate says so. */
export async function run(): Promise<void> {
  const facts: Facts = {
    now: new Date(),
    host: await describeHost(),
    registration: { wanted: false, name: '' },
  };
  let gate = STRICTEST;
  let configPath: string | undefined;
  try {
    const secrets = readSecrets();
    mask(credentialSecrets(secrets.credentials || process.env.MONDOO_CONFIG_BASE64 || ''));
    mask(tokenSecrets(secrets.registrationToken));
    mask(proxySecrets(secrets.apiProxy));
    const inputs = readInputs(secrets);
    gate = inputs;
    configPath = await register(inputs, facts);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    facts.failure = error;
  }
  if (configPath !== undefined) exportConfigPath(configPath);
  await report({ facts, verdict: verdictOn(facts, gate), configPath, jobSummary: gate.jobSummary });
}

/**
 * Does the work, and writes into `facts` what it finds on the way.
 * @returns where mondoo.yml stands, or nothing when there is none
 */
async function register(inputs: Inputs, facts: Facts): Promise<string | undefined> {
  const identity = await identify(inputs, facts.now);
  facts.identity = identity;
  if (identity.kind === 'service account') facts.account = identity.account;
  const clientMrn = facts.account?.agentMrn;
  facts.registration = { wanted: inputs.register && clientMrn === undefined, name: inputs.name, clientMrn };

  const { apiEndpoint: endpoint } = identity.account;
  const proxy = proxyFor(endpoint, proxyNamed(inputs, identity));
  mask(proxySecrets(proxy));

  const configPath = inputs.configPath ?? defaultConfigPath(process.env);
  const file = await ConfigFile.prepare(configPath, {
    room: ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations])),
    ownFolder: inputs.configPath === undefined,
    inUse: process.env.MONDOO_CONFIG_PATH === configPath,
    save: keepFootprint,
  });
  const deadline = new Deadline(inputs.timeout);
  let passed = false;
  try {
    passed = await connected({ endpoint, proxy, deadline, onRetry: tellRetry }, async (platform) => {
      const work: Work = { inputs, identity, facts, file, platform };
      switch (identity.kind) {
        case 'service account':
          return registerAs(identity.document, work);
        case 'workload identity': {
          const credentials = await exchange(identity, { platform, deadline, facts });
          return credentials !== undefined && registerAs(credentials, work);
        }
        case 'registration token':
          return registerByToken(identity.account, work);
      }
    });
    return passed ? file.path : undefined;
  } finally {
    if (!passed) await takeBack(facts, file);
  }
}

/**
 * Proves a service account, and registers a client by it.
 * @returns whether mondoo.yml stands: the gate has passed
 */
async function registerAs(credentials: CredentialsDocument, work: Work): Promise<boolean> {
  const { inputs, facts, platform } = work;
  const account = adopt(credentials, work);
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
  await writeConfig(credentials, work);
  return true;
}

/**
 * Registers a client by a registration token, which mints a service account for it, and proves that.
 * The key is written down at once: whoever has to unregister the client needs it.
 * @returns whether mondoo.yml may stay: the gate has passed
 */
async function registerByToken(token: RegistrationToken, work: Work): Promise<boolean> {
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
  const account = adopt(minted.credentials, work);
  await writeConfig(minted.credentials, work);
  facts.observation = await observeAccount(facts.observation, platform, account);
  return verdictOn(facts, inputs).passed;
}

/** Makes credentials the ones that sign: as parsed back from the very text that mondoo.yml will hold. */
function adopt(credentials: CredentialsDocument, work: Work): ServiceAccount {
  const { facts } = work;
  const text = renderMondooYml(configOf(credentials, work));
  mask(secretsIn(text));
  const { account } = readServiceAccount(parseCredentials({ form: 'YAML', text }), { now: facts.now });
  facts.account = account;
  return account;
}

async function writeConfig(credentials: CredentialsDocument, work: Work): Promise<void> {
  const config = configOf(credentials, work);
  const text = renderMondooYml(config);
  // In one piece and in the lines of `base64`: the runner would not find the key in it.
  mask(tokenSecrets(Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')));
  await work.file.write(text);
  for (const name of overridingVariables(process.env, config)) warnOfOverride(name);
}

function configOf(credentials: CredentialsDocument, { inputs, identity, facts }: Work): CredentialsDocument {
  return mondooConfig(credentials, {
    apiEndpoint: identity.account.apiEndpoint,
    apiProxy: proxyNamed(inputs, identity),
    annotations: inputs.annotations,
    agentMrn: facts.registration.clientMrn,
  });
}

/** The proxy that workflow or credentials name, rather than the environment. */
function proxyNamed({ apiProxy }: Inputs, identity: Identity): string | undefined {
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

/** Undoes what the step did on the way to a gate that failed. */
async function takeBack({ identity, account, registration }: Facts, file: ConfigFile): Promise<void> {
  const { clientMrn } = registration;
  try {
    if (identity?.kind === 'registration token' && account !== undefined && clientMrn !== undefined) {
      if (await unregister(clientMrn, account)) delete registration.clientMrn;
      keepMintedClient(undefined);
    }
  } finally {
    await file.remove().catch(warnOfRemains);
  }
}

function verdictOn(facts: Facts, { failOn, maxClockSkew }: Gate): Verdict {
  return judge(findProblems(facts, maxClockSkew), failOn);
}
