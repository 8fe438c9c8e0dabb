import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { overridingVariables } from './config/environment.ts';
import { createPrivateFile, type PrivateFile } from './config/private-file.ts';
import { removeFiles } from './config/remove.ts';
import { mondooConfig, renderMondooYml } from './config/render.ts';
import { type ReservedConfig, reserveConfig } from './config/reserve.ts';
import type { Identity } from './credentials/identity.ts';
import { fileSecrets } from './credentials/secrets.ts';
import type { Route } from './identify.ts';
import type { Work } from './job.ts';
import { notices } from './report/notices.ts';
import type { Session } from './sign-in.ts';
import type { Mrn } from './util/mrn.ts';
import { isInside } from './util/paths.ts';

/** The bytes that are reserved for an MRN and minted credentials. */
const ROOM = 16_384;

/** Reserves the files that the step will write: the key file is for a client that a registration token mints. */
export async function reserveFiles(
  file: string,
  identity: Identity,
  { inputs, job, rollback }: Work,
): Promise<{ config: ReservedConfig; keyFile?: PrivateFile }> {
  if (await isInside(job.workspace, file)) job.warn(notices.inWorkspace);
  const room = ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations]));

  rollback.defer(async () => {
    // Post needs the key of a client that could not be unregistered.
    const { client, keyFile, ...rest } = job.manifest;
    await removeFiles(client ? rest : job.manifest, job.warn);
    job.forget('config');
  });
  // On Windows an open file can't be removed.
  const closeLater = ({ close }: { close: () => Promise<void> }) => rollback.defer(() => close().catch(() => {}));
  const config = await reserveConfig(file, { isDefaultPlace: inputs.configPath === undefined, room, job });
  closeLater(config);
  if (identity.kind !== 'registration token') return { config };

  const home = job.defaultConfigPath();
  const keyPath = path.join(path.dirname(home ?? file), `.mondoo.${randomUUID()}.key.json`);
  const options = { isDefaultPlace: home !== undefined, room, job };
  const keyFile = await createPrivateFile(keyPath, { keyFile: keyPath }, options);
  closeLater(keyFile);
  return { config, keyFile };
}

/** A private place for a mondoo.yml that only cnspec reads, and that is not kept. */
export function temporaryPlace({ temp = os.tmpdir() }: Work['job']): string {
  return path.join(temp, `register-cnspec-${randomUUID()}`, 'mondoo.yml');
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
  for (const name of overridingVariables(job.env, keys)) job.warn(notices.override(name));
}
