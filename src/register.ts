import { conclude, endWhenCancelled, uninterrupted } from './cancel.ts';
import { ConfigFile } from './config/file.ts';
import { defaultConfigPath } from './config/location.ts';
import { runOf } from './config/mark.ts';
import { identityTarget } from './credentials/identity.ts';
import { credentialSecrets, proxySecrets, tokenSecrets } from './credentials/secrets.ts';
import { ActionError, FINDINGS } from './errors.ts';
import { exchange } from './exchange.ts';
import { leftBehind, requireRunner } from './github/command-files.ts';
import { describeHost } from './host.ts';
import { identify } from './identify.ts';
import { type Inputs, readInputs, readSecrets } from './inputs.ts';
import { mask } from './mask.ts';
import { unregister } from './minted-client.ts';
import { connected } from './platform/connection.ts';
import { Deadline } from './platform/deadline.ts';
import { proxyFor } from './platform/proxy.ts';
import { proxyNamed, putInPlace, registerAs, registerByToken } from './registration.ts';
import { exportConfigPath } from './report/later-steps.ts';
import {
  tellPostponed,
  tellRetry,
  warnOfLostClient,
  warnOfRemains,
  warnOfWorkspace,
} from './report/notices.ts';
import { report, reportUntold, writeSummary } from './report/report.ts';
import { forgetMintedClient, keepFootprint } from './state.ts';
import type { Facts } from './status/facts.ts';
import { verdictOn } from './status/verdict.ts';
import { isInWorkspace } from './values/workspace.ts';
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
  const cancelled = endWhenCancelled();
  const facts: Facts = {
    now: new Date(),
    host: await describeHost(),
    registration: { wanted: false, name: '' },
  };
  let gate = STRICTEST;
  let file: ConfigFile | undefined;
  try {
    const secrets = readSecrets();
    mask(credentialSecrets(secrets.credentials || process.env.MONDOO_CONFIG_BASE64 || ''));
    mask(tokenSecrets(secrets.registrationToken));
    mask(proxySecrets(secrets.apiProxy));
    const inputs = readInputs(secrets);
    gate = inputs;
    file = await register(inputs, facts, cancelled);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    facts.failure = error;
  }
  // Whatever went wrong beside that is explained by it: post has taken away what was needed.
  const obstacle = leftBehind();
  if (obstacle) facts.failure = obstacle;
  try {
    await conclude(() => tell(file?.path, facts, gate));
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    // At once: a step that is cancelled while it takes something back comes to nothing else.
    reportUntold(error, verdictOn(facts, gate));
    if (file) await takeBack(facts, file);
  }
}

/**
 * Does the work, and writes into `facts` what it finds on the way.
 * @param cancelled aborts when nothing more may be begun
 * @returns mondoo.yml, or nothing when there is none
 */
async function register(
  inputs: Inputs,
  facts: Facts,
  cancelled: AbortSignal,
): Promise<ConfigFile | undefined> {
  const identity = await identify(inputs, facts.now);
  facts.identity = identity;
  if (identity.kind === 'service account') facts.account = identity.account;
  const clientMrn = facts.account?.agentMrn;
  facts.registration = { wanted: inputs.register && clientMrn === undefined, name: inputs.name, clientMrn };

  const { apiEndpoint: endpoint } = identityTarget(identity);
  const proxy = proxyFor(endpoint, proxyNamed(inputs, identity), process.env);
  mask(proxySecrets(proxy));

  const configPath = inputs.configPath ?? defaultConfigPath(process.env);
  if (await isInWorkspace(configPath, process.env)) warnOfWorkspace();
  const file = await uninterrupted(() =>
    ConfigFile.prepare(configPath, {
      room: ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations])),
      ownFolder: inputs.configPath === undefined,
      run: runOf(process.env),
      save: keepFootprint,
    }),
  );
  const deadline = new Deadline(inputs.timeout, cancelled);
  let passed = false;
  try {
    const config = await connected({ endpoint, proxy, deadline, onRetry: tellRetry }, async (platform) => {
      const work = { inputs, identity, facts, file, platform };
      switch (identity.kind) {
        case 'service account':
          return registerAs({ credentials: identity.document, account: identity.account }, work);
        case 'workload identity': {
          const exchanged = await exchange(identity, { platform, deadline, facts });
          return exchanged && registerAs(exchanged, work);
        }
        case 'registration token':
          return registerByToken(identity.token, work);
      }
    });
    if (config === undefined) return undefined;
    if (!(await verify(file.temporaryPath, { inputs, identity, facts, deadline }))) return undefined;
    await putInPlace(config, { file, facts });
    passed = true;
    return file;
  } finally {
    if (!passed) await takeBack(facts, file);
  }
}

/**
 * Tells everybody of the outcome, and later steps of mondoo.yml.
 * @throws ActionError when the runner cannot be told
 */
function tell(configPath: string | undefined, facts: Facts, gate: typeof STRICTEST): void {
  const conclusion = { facts, verdict: verdictOn(facts, gate), configPath };
  report(conclusion);
  if (configPath !== undefined) exportConfigPath(configPath);
  if (gate.jobSummary) writeSummary(conclusion);
  // Post may have come before there was anything to take away.
  requireRunner();
}

/** Undoes what the step did on the way to a gate that failed, or that nobody waits for any more. */
async function takeBack({ minted, registration }: Facts, file: ConfigFile): Promise<void> {
  if (minted) {
    // Even where it stays for now, the job does not have it.
    delete registration.clientMrn;
    const obstacle = await uninterrupted(async () => {
      const obstacle = await unregister(minted.clientMrn, minted.account);
      if (obstacle === undefined) forgetMintedClient();
      return obstacle;
    });
    if (obstacle !== undefined) {
      // Without its key nobody could ever unregister it: post tries once more, and removes the key.
      if (minted.isKept && !leftBehind()) return tellPostponed(minted.clientMrn, obstacle.reason);
      // Or post has been there before, and has done it.
      if (!(obstacle.mayBeGone && leftBehind())) warnOfLostClient(minted.clientMrn, obstacle.reason);
      forgetMintedClient();
    }
  }
  await file.remove().catch(warnOfRemains);
}
