import path from 'node:path';
import { requireAgreement, requireVersion } from './cnspec/agreement.ts';
import { Cnspec, type CnspecAnswer } from './cnspec/cnspec.ts';
import { environmentForCnspec } from './cnspec/environment.ts';
import { type Installed, install } from './cnspec/install.ts';
import { ANSWERED_WITHIN, PUBLIC_RELEASES, REACHABLE_WITHIN, Releases } from './cnspec/releases.ts';
import type { Identity } from './credentials/identity.ts';
import { environmentProxySecrets, proxySecrets } from './credentials/secrets.ts';
import type { ServiceAccount } from './credentials/service-account.ts';
import { ActionError } from './errors.ts';
import type { Inputs } from './inputs.ts';
import { mask } from './mask.ts';
import { CallError } from './platform/call-error.ts';
import { USER_AGENT } from './platform/connection.ts';
import { Deadline } from './platform/deadline.ts';
import { proxyFor } from './platform/proxy.ts';
import { RpcCode } from './platform/rpc-status.ts';
import { Transport } from './platform/transport.ts';
import { proxyNamed } from './registration.ts';
import { exportCnspec } from './report/later-steps.ts';
import { tellDownload, tellInstalled, tellProgress, tellQuestion } from './report/notices.ts';
import { keepScratch } from './state.ts';
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

/** A releases host, and the way there. */
interface ReleasesHost {
  releases: Releases;
  /** The newest version, once the host has told it. */
  newest: Promise<string>;
  /** URL */
  proxy: string | undefined;
  close: () => void;
}

/**
 * Installs the cnspec that is asked for, asks it or the one that was found for its status, and writes into the
 * facts what came of it.
 * @param found the path of a cnspec that is there already
 */
export async function installAndAsk(
  found: string | undefined,
  configPath: string,
  work: Verification,
): Promise<void> {
  const { inputs, facts } = work;
  const cnspec: RealCnspec = {};
  facts.cnspec = cnspec;
  // cnspec is given them, and may quote them.
  mask(environmentProxySecrets(process.env));
  try {
    const host = openReleases(work);
    const latestVersion = host?.newest.catch(() => undefined);
    try {
      const installed = host && (await installFrom(host, work));
      cnspec.version = installed?.version;
      const executable = installed?.executable ?? found;
      if (executable !== undefined && inputs.verifyWithCnspec !== 'false') {
        await ask(executable, configPath, { ...work, cnspec, installed });
      }
    } finally {
      cnspec.latestVersion = await latestVersion;
      host?.close();
    }
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    cnspec.failure = error;
  }
}

/**
 * Opens the way to the releases host, if something has to be installed.
 * @throws ActionError `cnspec-failed`
 */
function openReleases({ inputs, identity, deadline }: Verification): ReleasesHost | undefined {
  if (!inputs.cnspecVersion) return undefined;
  const url = inputs.updatesUrl ?? PUBLIC_RELEASES;
  let proxy: string | undefined;
  try {
    // cnspec itself goes to the releases host by the proxy of the platform.
    proxy = proxyFor(url, proxyNamed(inputs, identity), process.env);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const reason = error.message.replace(/^The/, 'the');
    throw new ActionError('cnspec-failed', `cnspec could not be installed: ${reason}`, error.remedy);
  }
  mask(proxySecrets(proxy));
  const transport = new Transport({
    signal: deadline.signal,
    proxy,
    connectTimeout: REACHABLE_WITHIN,
    requestTimeout: ANSWERED_WITHIN,
  });
  const releases = new Releases(transport, { url, userAgent: USER_AGENT });
  return { releases, newest: releases.newest(), proxy, close: () => transport.close() };
}

/** Installs the cnspec that is asked for, where one is, for this step and for later ones. */
async function installFrom(
  { releases, newest, proxy }: ReleasesHost,
  { inputs: { cnspecVersion: wish }, deadline }: Verification,
): Promise<Installed | undefined> {
  if (!wish) return undefined;
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
    onScratch: keepScratch,
  });
  tellInstalled(installed);
  exportCnspec(installed.folder, wish.kind === 'exact');
  return installed;
}

/** Asks cnspec what it sees, and compares that with what this step saw. */
async function ask(
  executable: string,
  configPath: string,
  {
    facts,
    deadline,
    cnspec,
    installed,
  }: Verification & { cnspec: RealCnspec; installed: Installed | undefined },
): Promise<void> {
  const env = environmentForCnspec(process.env);
  const cwd = process.env.RUNNER_TEMP || path.dirname(configPath);
  tellQuestion(executable);
  const answer = await new Cnspec(executable, { cwd, env, deadline }).status(configPath);
  cnspec.answer = answer;
  cnspec.version = answer.version ?? installed?.version;
  const soon = new Deadline(Math.max(0, Math.min(PROVIDERS_WITHIN, deadline.remaining())));
  cnspec.providers = await new Cnspec(executable, { cwd, env, deadline: soon }).providers();

  if (installed) await requireInstalled(answer, installed);
  const { mrn: serviceAccount, apiEndpoint: endpoint } = facts.account as ServiceAccount;
  requireAgreement(answer, { serviceAccount, endpoint, authenticated: isAccepted(facts) });
}

/** Takes what is of another version than it was packed as out of the tool cache, where this step put it there. */
async function requireInstalled(answer: CnspecAnswer, installed: Installed): Promise<void> {
  try {
    requireVersion(answer, installed.version);
  } catch (error) {
    if (!installed.cached) await installed.remove().catch(() => {});
    throw error;
  }
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
