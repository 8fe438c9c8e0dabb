import { endWhenCancelled } from './cancel.ts';
import { ConfigFile } from './config/file.ts';
import { defaultConfigPath } from './config/location.ts';
import { credentialSecrets, proxySecrets, tokenSecrets } from './credentials/secrets.ts';
import { ActionError, FINDINGS } from './errors.ts';
import { exchange } from './exchange.ts';
import { describeHost } from './host.ts';
import { identify } from './identity.ts';
import { type Inputs, readInputs, readSecrets } from './inputs.ts';
import { mask } from './mask.ts';
import { unregister } from './minted-client.ts';
import { connected } from './platform/connection.ts';
import { Deadline } from './platform/deadline.ts';
import { proxyFor } from './platform/proxy.ts';
import { proxyNamed, registerAs, registerByToken } from './registration.ts';
import { exportConfigPath } from './report/later-steps.ts';
import { tellRetry, warnOfRemains } from './report/notices.ts';
import { report } from './report/report.ts';
import { keepFootprint, keepMintedClient } from './state.ts';
import type { Facts } from './status/facts.ts';
import { verdictOn } from './status/verdict.ts';
import { verify } from './verification.ts';

/** What the gate and the report need of the inputs, for when these could not be read. */
const STRICTEST: Pick<Inputs, 'failOn' | 'maxClockSkew' | 'jobSummary'> = {
  failOn: new Set(FINDINGS),
  maxClockSkew: 0,
  jobSummary: true,
};

/** The room that is taken for mondoo.yml beside what the workflow brings: credentials and an MRN, in bytes. */
const ROOM = 16_384;

/** The main step: registers cnspec, checks its status, tells the outcome, fails the job where the gate says so. */
export async function run(): Promise<void> {
  endWhenCancelled();
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
    const stands = await connected({ endpoint, proxy, deadline, onRetry: tellRetry }, async (platform) => {
      const work = { inputs, identity, facts, file, platform };
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
    passed = stands && (await verify(file.path, { inputs, identity, facts, deadline }));
    return passed ? file.path : undefined;
  } finally {
    if (!passed) await takeBack(facts, file);
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
