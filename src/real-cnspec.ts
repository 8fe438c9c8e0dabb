import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireAgreement, requireVersion } from './cnspec/agreement.ts';
import { Cnspec } from './cnspec/cnspec.ts';
import { environmentForCnspec } from './cnspec/environment.ts';
import { install } from './cnspec/install.ts';
import { PUBLIC_RELEASES, REACHABLE_WITHIN, Releases } from './cnspec/releases.ts';
import type { Identity } from './credentials/identity.ts';
import { proxySecrets } from './credentials/secrets.ts';
import type { ServiceAccount } from './credentials/service-account.ts';
import { ActionError } from './errors.ts';
import type { Inputs } from './inputs.ts';
import { mask } from './mask.ts';
import { CallError } from './platform/call-error.ts';
import { USER_AGENT } from './platform/connection.ts';
import { Deadline } from './platform/deadline.ts';
import { Http } from './platform/http.ts';
import { proxyFor } from './platform/proxy.ts';
import { RpcCode } from './platform/rpc-status.ts';
import { proxyNamed } from './registration.ts';
import { exportCnspec } from './report/later-steps.ts';
import { tellDownload, tellInstalled, tellProgress, tellQuestion } from './report/notices.ts';
import type { Facts, RealCnspec } from './status/facts.ts';

/** What it takes to install and to ask the real cnspec. */
export interface Verification {
  inputs: Inputs;
  identity: Identity;
  facts: Facts;
  deadline: Deadline;
}

/** How long the list of providers may take, which nothing depends on. Milliseconds. */
const PROVIDERS_WITHIN = 5000;

/**
 * Installs the cnspec that is asked for, asks it or the one that was found for its status, and writes into the
 * facts what came of it.
 * @param found the path of a cnspec that is there already
 */
export async function installAndAsk(
  found: string | undefined,
  configPath: string,
  { inputs, identity, facts, deadline }: Verification,
): Promise<void> {
  const cnspec: RealCnspec = {};
  facts.cnspec = cnspec;
  const url = inputs.updatesUrl ?? PUBLIC_RELEASES;
  // cnspec itself goes to the releases host by the proxy of the platform.
  const proxy = proxyFor(url, proxyNamed(inputs, identity));
  mask(proxySecrets(proxy));
  const http = new Http(deadline, proxy, { connectTimeout: REACHABLE_WITHIN });
  const releases = new Releases(http, { url, userAgent: USER_AGENT });
  const newest = releases.newest();
  const latestVersion = withinReach(newest);
  try {
    let executable = found;
    const wish = inputs.cnspecVersion;
    if (wish) {
      const installed = await install(wish, {
        releases,
        newest,
        machine: process,
        env: process.env,
        userAgent: USER_AGENT,
        proxy,
        deadline,
        onDownload: tellDownload,
        onProgress: tellProgress,
      });
      tellInstalled(installed);
      exportCnspec(installed.folder, wish.kind === 'exact');
      cnspec.version = installed.version;
      executable = installed.executable;
    }
    if (executable !== undefined && inputs.verifyWithCnspec !== 'false') {
      await ask(executable, configPath, cnspec, { facts, deadline });
    }
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    cnspec.failure = error;
  } finally {
    cnspec.latestVersion = await latestVersion;
    await http.close();
  }
}

/** Asks cnspec what it sees, and compares that with what this step saw. */
async function ask(
  executable: string,
  configPath: string,
  cnspec: RealCnspec,
  { facts, deadline }: Pick<Verification, 'facts' | 'deadline'>,
): Promise<void> {
  const installed = cnspec.version;
  const env = environmentForCnspec(process.env);
  const cwd = process.env.RUNNER_TEMP || path.dirname(configPath);
  tellQuestion(executable);
  const answer = await new Cnspec(executable, { cwd, env, deadline }).status(configPath);
  cnspec.answer = answer;
  cnspec.version = answer.version ?? installed;
  const soon = new Deadline(Math.max(0, Math.min(PROVIDERS_WITHIN, deadline.remaining())));
  cnspec.providers = await new Cnspec(executable, { cwd, env, deadline: soon }).providers();

  if (installed !== undefined) requireVersion(answer, installed);
  const { mrn: serviceAccount, apiEndpoint: endpoint } = facts.account as ServiceAccount;
  requireAgreement(answer, { serviceAccount, endpoint, authenticated: isAccepted(facts) });
}

/** Whether the platform accepted the ping at the local time; nothing where it did not say so or so. */
function isAccepted({ observation }: Facts): boolean | undefined {
  const ping = observation?.ping;
  if (ping === 'accepted') return true;
  const isRefused =
    ping instanceof CallError &&
    (ping.code === RpcCode.Unauthenticated || ping.code === RpcCode.PermissionDenied);
  return isRefused ? false : undefined;
}

/** What the releases host says of the newest version, if it does so in time. */
async function withinReach(newest: Promise<string>): Promise<string | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([
      newest.catch(() => undefined),
      sleep(REACHABLE_WITHIN, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
  } finally {
    late.abort();
  }
}
