import { overridingVariables } from './config/environment.ts';
import { removeFolders } from './config/folders.ts';
import { type ReservedKeyFile, reserveKeyFile } from './config/key-file.ts';
import { mondooConfig, renderMondooYml } from './config/render.ts';
import { type Place, type ReservedConfig, reserveConfig } from './config/reserve.ts';
import type { Identity } from './credentials/identity.ts';
import { fileSecrets } from './credentials/secrets.ts';
import type { Route } from './identify.ts';
import type { Work } from './job.ts';
import { notices, remainsOf } from './report/notices.ts';
import type { Session } from './sign-in.ts';
import type { Mrn } from './util/mrn.ts';
import { isInside } from './util/paths.ts';

/** The room that is reserved besides what the workflow brings, for an MRN and credentials. Bytes. */
const ROOM = 16_384;

/** Files that exist before anything is created on the platform. */
export interface ReservedFiles {
  config: ReservedConfig;
  /** For a client that a registration token mints. */
  keyFile?: ReservedKeyFile;
}

/** Reserves the places of the files that the step will write. */
export async function reserveFiles(identity: Identity, work: Work): Promise<ReservedFiles> {
  const { inputs, job, rollback } = work;
  const place: Place = {
    path: inputs.configPath ?? job.defaultConfigPath(),
    isDefault: inputs.configPath === undefined,
  };
  if (await isInside(job.workspace, place.path)) job.warn(notices.inWorkspace);
  const room = ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations]));
  const createdFolders: string[] = [];
  const options = { room, env: job.env, remember: job.remember, createdFolders };
  const warnOfRemains = (error: unknown) => job.warn(remainsOf(error));

  rollback.defer(() => removeFolders(createdFolders));
  const config = await reserveConfig(place, options);
  rollback.defer(async () => {
    await config.remove().catch(warnOfRemains);
    job.forget('config');
  });
  if (identity.kind !== 'registration token') return { config };

  const keyFile = await reserveKeyFile(job.defaultConfigPath(), options);
  rollback.defer(async () => {
    // Post needs it for a client that could not be unregistered.
    if (job.manifest.client === undefined) await keyFile.remove().catch(warnOfRemains);
  });
  return { config, keyFile };
}

/** The keys and values of mondoo.yml, and its text. */
export interface ConfigText {
  keys: object;
  text: string;
}

/** Renders mondoo.yml. */
export function renderConfig(
  session: Session,
  agentMrn: Mrn | undefined,
  { source, route, work: { inputs } }: { source: string; route: Route; work: Work },
): ConfigText {
  const keys = mondooConfig(session.document, {
    apiEndpoint: route.endpoint,
    apiProxy: route.apiProxy,
    updatesUrl: inputs.updatesUrl,
    annotations: inputs.annotations,
    agentMrn,
  });
  return { keys, text: renderMondooYml(keys, source) };
}

/** Puts mondoo.yml where later steps look for it. */
export async function publishConfig(
  config: ReservedConfig,
  { keys, text }: ConfigText,
  { account }: Session,
  { job }: Work,
): Promise<void> {
  job.mask(fileSecrets(text));
  config.write(text);
  const replaced = await config.publish(account);
  if (replaced && replaced !== account.mrn) {
    job.warn(notices.replacedAccount(config.path, replaced, account.mrn));
  }
  for (const name of overridingVariables(job.env, keys)) job.warn(notices.override(name));
}
