import { exportVariable, info, notice, setSecret, warning } from '@actions/core';
import manifest from '../package.json' with { type: 'json' };
import { overridingVariables } from './config/environment.ts';
import { ConfigFile } from './config/file.ts';
import { defaultConfigPath } from './config/location.ts';
import { mondooConfig, renderMondooYml } from './config/mondoo-yml.ts';
import { type CredentialsDocument, decodeCredentials, parseCredentials } from './credentials/decode.ts';
import { base64Secrets, credentialSecrets, proxySecrets, secretsIn } from './credentials/secrets.ts';
import { readServiceAccount, type ServiceAccount } from './credentials/service-account.ts';
import { findCredentials } from './credentials/source.ts';
import { ActionError, FINDINGS } from './errors.ts';
import { describeHost } from './host.ts';
import { type Inputs, readInputs, readSecrets } from './inputs.ts';
import { agentInfo } from './platform/agent-info.ts';
import { PlatformClient } from './platform/client.ts';
import { Deadline } from './platform/deadline.ts';
import { Http } from './platform/http.ts';
import { observe } from './platform/observe.ts';
import { PlatformError } from './platform/platform-error.ts';
import { proxyFor } from './platform/proxy.ts';
import { Rpc } from './platform/rpc.ts';
import { tellRetry, warnOfOverride, warnOfRemains, warnOfUnknownClock } from './report/notices.ts';
import { report } from './report/report.ts';
import { keepState } from './state.ts';
import type { Facts } from './status/facts.ts';
import { findProblems } from './status/findings.ts';
import { judge, type Verdict } from './status/verdict.ts';
import { plainText } from './values/plain-text.ts';

/** What the gate and the report need of the inputs, also when these could not be read. */
type Gate = Pick<Inputs, 'failOn' | 'maxClockSkew' | 'jobSummary'>;

/** How much longer mondoo.yml may get by the MRN of the client, in bytes. */
const ROOM_FOR_CLIENT = 512;

const STRICTEST: Gate = { failOn: new Set(FINDINGS), maxClockSkew: 0, jobSummary: true };

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
 * @returns where mondoo.yml stands, or nothing when the gate failed
 */
async function register(inputs: Inputs, facts: Facts): Promise<string | undefined> {
  const { document, account: given } = loadCredentials(inputs, facts.now);
  const configWith = (agentMrn: string | undefined) =>
    mondooConfig(document, {
      apiEndpoint: given.apiEndpoint,
      apiProxy: inputs.apiProxy ?? given.apiProxy,
      annotations: inputs.annotations,
      agentMrn,
    });
  const draft = renderMondooYml(configWith(given.agentMrn));
  const account = readBack(draft, facts.now);
  facts.account = account;
  facts.registration = {
    wanted: inputs.register && account.agentMrn === undefined,
    name: inputs.name,
    clientMrn: account.agentMrn,
  };

  const proxy = proxyFor(account.apiEndpoint, account.apiProxy);
  mask(proxySecrets(proxy));

  const configPath = inputs.configPath ?? defaultConfigPath(process.env);
  const file = await ConfigFile.prepare(configPath, {
    room: Buffer.byteLength(draft) + ROOM_FOR_CLIENT,
    ownFolder: inputs.configPath === undefined,
    inUse: process.env.MONDOO_CONFIG_PATH === configPath,
    save: keepState,
  });
  const deadline = new Deadline(inputs.timeout);
  const http = new Http(deadline, proxy);
  let passed = false;
  try {
    const userAgent = `register-cnspec/${manifest.version} (${process.platform}; ${process.arch})`;
    const rpc = new Rpc(http, { endpoint: account.apiEndpoint, userAgent, deadline, onRetry: tellRetry });
    const client = new PlatformClient(rpc, account);
    facts.observation = await observe(client);
    warnOfUnknownClock(facts.observation);
    if (facts.registration.wanted && mayRegister(facts, inputs)) await registerClient(client, facts);

    if (!verdictOn(facts, inputs).passed) return undefined;
    const config = configWith(facts.registration.clientMrn);
    await file.write(masked(renderMondooYml(config)));
    for (const name of overridingVariables(process.env, config)) warnOfOverride(name);
    passed = true;
    return file.path;
  } finally {
    await http.close();
    if (!passed) await file.remove().catch(warnOfRemains);
  }
}

/** Reads the credentials, and masks what shows only when they are decoded. */
function loadCredentials(
  inputs: Inputs,
  now: Date,
): { document: CredentialsDocument; account: ServiceAccount } {
  const { text, source } = findCredentials(inputs.credentials, process.env);
  const decoded = decodeCredentials(text);
  const document = parseCredentials(decoded);
  mask(secretsIn(String(document.private_key ?? '')));
  mask(proxySecrets(String(document.api_proxy ?? '')));
  const { account, warnings } = readServiceAccount(document, { endpoint: inputs.apiEndpoint, now });
  info(`→ loaded credentials from ${source} (${decoded.form})`);
  for (const text of warnings) warning(text);
  return { document, account };
}

/** Reads the service account from the very text that mondoo.yml will hold: what signs here is what cnspec will read. */
function readBack(text: string, now: Date): ServiceAccount {
  mask(secretsIn(text));
  return readServiceAccount(parseCredentials({ form: 'YAML', text }), { now }).account;
}

/** A client is created only where nothing speaks against it: it cannot be taken back. */
function mayRegister(facts: Facts, gate: Gate): boolean {
  return verdictOn(facts, gate).passed && facts.observation?.ping === 'accepted';
}

async function registerClient(client: PlatformClient, { host, registration }: Facts): Promise<void> {
  try {
    const info = agentInfo(host, manifest.version, process.env);
    registration.clientMrn = await client.registerAgent(registration.name, info);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    registration.error = error;
  }
}

function verdictOn(facts: Facts, { failOn, maxClockSkew }: Gate): Verdict {
  return judge(findProblems(facts, maxClockSkew), failOn);
}

/** Makes later steps use the file. */
function exportConfigPath(configPath: string): void {
  const { MONDOO_CONFIG_PATH, MONDOO_CONFIG_BASE64 } = process.env;
  if (MONDOO_CONFIG_PATH && MONDOO_CONFIG_PATH !== configPath) {
    notice(
      `MONDOO_CONFIG_PATH was ${plainText(MONDOO_CONFIG_PATH)}; from here on it is ${plainText(configPath)}.`,
    );
  }
  exportVariable('MONDOO_CONFIG_PATH', configPath);
  if (MONDOO_CONFIG_BASE64) {
    exportVariable('MONDOO_CONFIG_BASE64', '');
    warning(
      'MONDOO_CONFIG_BASE64 is set and would win over mondoo.yml in cnspec. It is empty for the steps that follow; a step that sets it in its own env: still uses it, so remove it there.',
    );
  }
}

/** Masks the base64 of a text as well, in one piece and in the lines of `base64`: the runner would not find the key there. */
function masked(text: string): string {
  mask(base64Secrets(Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')));
  return text;
}

function mask(secrets: string[]): void {
  for (const secret of secrets) setSecret(secret);
}
