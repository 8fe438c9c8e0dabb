import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { overridingVariables } from './config/environment.ts';
import { createPrivateFile, type PrivateFile } from './config/private-file.ts';
import { removeFiles } from './config/remove.ts';
import { mondooConfig, renderMondooYml } from './config/render.ts';
import { keptConfig, type ReservedConfig, reserveConfig } from './config/reserve.ts';
import { fileSecrets } from './credentials/secrets.ts';
import type { Identified, PlatformRoute } from './identify.ts';
import type { Work } from './job.ts';
import { notices } from './report/notices.ts';
import type { Session } from './sign-in.ts';
import type { Mrn } from './util/mrn.ts';
import { isInside } from './util/paths.ts';

/** The bytes that are reserved for an MRN and minted credentials. */
const ROOM = 16_384;

/** Reserves the files that the step will write: the key file is for a client that a registration token mints. */
export async function reserveFiles(
  { identity, origin }: Identified,
  { inputs, job, deadline, rollback }: Work,
): Promise<{ config: ReservedConfig; keyFile?: PrivateFile }> {
  if (origin?.earlierFile) return { config: keptConfig(origin.earlierFile) };
  const file = inputs.configPath ?? job.defaultConfigPath();
  if (await isInside(job.workspace, file)) job.warn(notices.inWorkspace(inputs.configPath));
  const room = ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations]));
  const options = { room, signal: deadline.signal, job };

  rollback.defer(async () => {
    // Post needs the key of a client that could not be unregistered.
    const { client, keyFile, ...rest } = job.manifest;
    // If a file is in use, post has more time for it.
    const outcomes = await removeFiles(client ? rest : job.manifest, job.warn, 1000);
    if (outcomes.every(([outcome]) => outcome !== 'failed')) job.forget('config');
  });
  // On Windows an open file can't be removed.
  const closeLater = ({ close }: { close: () => Promise<void> }) => rollback.defer(() => close().catch(() => {}));
  const config = await reserveConfig(file, { isDefaultPlace: inputs.configPath === undefined, ...options });
  closeLater(config);
  if (identity.kind !== 'registration token') return { config };

  const keyPath = path.join(path.dirname(job.defaultConfigPath()), `.mondoo.${randomUUID()}.key.json`);
  const keyFile = await createPrivateFile(keyPath, { keyFile: keyPath }, { isDefaultPlace: true, ...options });
  closeLater(keyFile);
  return { config, keyFile };
}

/** Renders mondoo.yml, as keys with their values and as text. */
export function renderConfig(
  session: Session,
  agentMrn: Mrn | undefined,
  { source, route, work: { inputs } }: { source: string; route: PlatformRoute; work: Work },
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
