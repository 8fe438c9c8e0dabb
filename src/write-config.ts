import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { overridingVariables } from './config/environment.ts';
import { createPrivateFile, type PrivateFile, type ReserveOptions } from './config/private-file.ts';
import { removeFiles } from './config/remove.ts';
import { mondooConfig, renderMondooYml } from './config/render.ts';
import { keptConfig, type ReservedConfig, reserveConfig } from './config/reserve.ts';
import type { Identity } from './credentials/identity.ts';
import { fileSecrets } from './credentials/secrets.ts';
import type { Session } from './credentials/service-account.ts';
import type { Identified, Route } from './identify.ts';
import type { Work } from './job.ts';
import { notices } from './report/notices.ts';
import type { Mrn } from './util/mrn.ts';
import { isInside } from './util/paths.ts';

/** The bytes that are reserved for an MRN and minted credentials. */
const ROOM = 16_384;

/**
 * Reserves the files that the step will write, none if no mondoo.yml is to be kept. The key file is for a client that a
 * registration token mints.
 */
export async function reserveFiles(
  identified: Identified,
  work: Work,
): Promise<{ config?: ReservedConfig; keyFile?: PrivateFile }> {
  const { identity, origin } = identified;
  const { inputs, job, rollback } = work;
  if (origin?.earlierFile) return { config: keptConfig(origin.earlierFile) };
  const home = job.defaultConfigPath();
  const file = inputs.configPath ?? home;
  if (file === undefined) return {};
  if (await isInside(job.workspace, file)) job.warn(notices.inWorkspace(inputs.configPath));
  const config = await reserve(file, identified, work);
  if (identity.kind !== 'registration token') return { config };

  const keyPath = path.join(path.dirname(home ?? file), `.mondoo.${randomUUID()}.key.json`);
  const options = { ...optionsOf(identity, work), isDefaultPlace: home !== undefined };
  const keyFile = await createPrivateFile(keyPath, { keyFile: keyPath }, options);
  // On Windows an open file can't be removed.
  rollback.defer(() => keyFile.close().catch(() => {}));
  return { config, keyFile };
}

/** Reserves a private place for a mondoo.yml that only cnspec reads, and that is not kept. */
export function reserveTemporary(identified: Identified, work: Work): Promise<ReservedConfig> {
  const folder = path.join(work.job.temp ?? os.tmpdir(), `register-cnspec-${randomUUID()}`);
  return reserve(path.join(folder, 'mondoo.yml'), identified, work);
}

async function reserve(file: string, { identity }: Identified, work: Work): Promise<ReservedConfig> {
  const { job, rollback } = work;
  rollback.defer(async () => {
    // Post needs the key of a client that could not be unregistered.
    const { client, keyFile, ...rest } = job.manifest;
    // If a file is in use, post has more time for it.
    const outcomes = await removeFiles(client ? rest : job.manifest, job.warn, 1000);
    if (outcomes.every(([outcome]) => outcome !== 'failed')) job.forget('config');
  });
  const config = await reserveConfig(file, optionsOf(identity, work));
  rollback.defer(() => config.close().catch(() => {}));
  return config;
}

function optionsOf(identity: Identity, { inputs, job, deadline }: Work): ReserveOptions {
  const room = ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations]));
  return { isDefaultPlace: inputs.configPath === undefined, room, signal: deadline.signal, job };
}

/** Renders mondoo.yml, as keys with their values and as text. */
export function renderConfig(
  session: Session,
  agentMrn: Mrn | undefined,
  { source, route, work: { inputs } }: { source: string; route: Route; work: Work },
) {
  const { endpoint: apiEndpoint, apiProxy } = route;
  const keys = mondooConfig(session.document, { ...inputs, apiEndpoint, apiProxy, agentMrn });
  return { keys, text: renderMondooYml(keys, source) };
}

/** Puts mondoo.yml where later steps look for it. */
export async function publishConfig(
  config: ReservedConfig,
  { keys, text }: ReturnType<typeof renderConfig>,
  { account }: Session,
  { job }: Work,
): Promise<void> {
  job.mask(fileSecrets(text));
  config.write(text);
  const replaced = await config.publish(account);
  if (replaced && replaced !== account.mrn) job.warn(notices.replacedAccount(config.path, replaced, account.mrn));
  const variables = overridingVariables(job.env, keys);
  for (const name of variables.set) job.warn(notices.override(name));
  for (const name of variables.empty) job.warn(notices.emptyProxy(name));
}
