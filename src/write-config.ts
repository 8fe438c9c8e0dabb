import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { overridingVariables } from './config/environment.ts';
import { forget } from './config/manifest.ts';
import { createPrivateFile } from './config/private-file.ts';
import { removeFiles } from './config/remove.ts';
import { mondooConfig, renderMondooYml } from './config/render.ts';
import { keptConfig, type ReservedConfig, reserveConfig } from './config/reserve.ts';
import { fileSecrets } from './credentials/secrets.ts';
import type { Session } from './credentials/service-account.ts';
import type { Identified } from './identify.ts';
import type { Work } from './job.ts';
import { notices } from './report/notices.ts';
import type { Mrn } from './util/mrn.ts';
import { isInside } from './util/paths.ts';

/** The bytes that are reserved for an MRN and minted credentials. */
const ROOM = 16_384;

/** Reserves the files that the step will write: the key file is for a client that a registration token mints. */
export async function reserveFiles({ identity, origin }: Identified, { inputs, job, deadline, rollback }: Work) {
  if (origin?.earlierFile) return { config: keptConfig(origin.earlierFile) };
  const file = inputs.configPath ?? job.defaultConfigPath();
  if (await isInside(job.workspace, file)) job.warn(notices.inWorkspace(inputs.configPath));
  const room = ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations]));
  const options = { room, signal: deadline.signal, rollback, job };

  rollback.defer(async () => {
    // Post needs the key of a client that could not be unregistered.
    const { client, keyFile, ...rest } = job.manifest;
    // If a file is in use, post has more time for it.
    const outcomes = await removeFiles(client ? rest : job.manifest, job.warn, 1000);
    if (outcomes.every(([outcome]) => outcome !== 'failed')) forget('config', job.remember);
  });
  const config = await reserveConfig(file, { isDefaultPlace: inputs.configPath === undefined, ...options });
  if (identity.kind !== 'registration token') return { config };

  const home = job.defaultConfigPath();
  const keyPath = path.join(path.dirname(home), `.mondoo.${randomUUID()}.key.json`);
  const isDefaultPlace = home !== inputs.configPath;
  const keyFile = await createPrivateFile(keyPath, { keyFile: keyPath }, { isDefaultPlace, ...options });
  return { config, keyFile };
}

/** Renders mondoo.yml, as keys with their values and as text. */
export function renderConfig({ document }: Session, agentMrn: Mrn | undefined, identified: Identified, work: Work) {
  const { source, route } = identified;
  const { updatesUrl, annotations } = work.inputs;
  const own = { api_endpoint: route.endpoint, api_proxy: route.apiProxy, updates_url: updatesUrl, agent_mrn: agentMrn };
  const keys = mondooConfig(document, own, annotations);
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
