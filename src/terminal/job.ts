import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CleanupManifest } from '../config/manifest.ts';
import { type Job, watchSignals } from '../job.ts';
import { type Ci, explainMissing, idTokensFrom } from './ci.ts';
import { type Options, secret } from './options.ts';
import type { createOutput } from './report.ts';
import { saveState } from './state.ts';

/** A job of any CI, or a shell, seen from a command. @param config where mondoo.yml goes, if it is kept */
export function terminalJob(
  env: NodeJS.ProcessEnv,
  { ci, options, config }: { ci: Ci; options: Options; config: string | undefined },
  output: ReturnType<typeof createOutput>,
): Job {
  const over = new AbortController();
  const [, project, job] = ci.variables.map((name) => env[name]);
  // On macOS it is behind a link.
  const temp = realpathSync(os.tmpdir());
  const privatePath = path.join(temp, `register-cnspec-${randomUUID()}`, 'mondoo.yml');
  let manifest: CleanupManifest = {};
  const remember = (change: CleanupManifest) => {
    manifest = { ...manifest, ...change };
    // Before there is anything to clean up, no folder is created.
    if (config !== undefined && Object.keys(manifest).length > 0) saveState(config, manifest);
  };
  return {
    env,
    workspace: process.cwd(),
    temp,
    toolCache: undefined,
    credentialsPlace: options.credentials.place,
    defaultName: [project, job].filter(Boolean).join('/') || os.hostname(),
    labels: { 'register-cnspec/ci': ci.name, ...(project && { 'register-cnspec/project': project }) },
    signal: over.signal,
    throwIfOver: () => over.signal.throwIfAborted(),
    findSuperseded: () => undefined,
    critical: watchSignals(over),
    ...output,
    get manifest() {
      return manifest;
    },
    remember,
    forget(part) {
      try {
        remember({ [part]: undefined });
      } catch {
        // The cleanup ignores what is missing.
      }
    },
    keepsConfig: config !== undefined,
    defaultConfigPath: () => config ?? privatePath,
    async explainMissingCredentials(onMissing) {
      const places = `${options.credentials.place} and the variable \`MONDOO_CONFIG_BASE64\``;
      return explainMissing(`There are no credentials: ${places} are empty.`, ci, onMissing, env);
    },
    async findIdTokens(onMissing) {
      const variable = options.option('id-token-env') || 'JWT_TOKEN';
      const setUp = ci.idToken ?? `Put an ID token for the \`audience\` of the JSON into \`${variable}\`.`;
      const jwt = secret(env[variable]).trim();
      if (jwt !== '') return idTokensFrom(variable, jwt, setUp);
      const missing = `There is no ID token: the variable \`${variable}\` is empty.`;
      throw explainMissing(missing, { ...ci, setUp }, onMissing, env);
    },
  };
}
