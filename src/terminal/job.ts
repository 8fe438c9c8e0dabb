import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Job, watchSignals } from '../job.ts';
import { type Ci, explainMissing, idTokensFrom } from './ci.ts';
import { type Options, secret } from './options.ts';
import type { createOutput } from './report.ts';
import { saveState } from './state.ts';

/** A job of any CI, or a shell, seen from a command. */
export function terminalJob(env: Job['env'], ci: Ci, options: Options, output: ReturnType<typeof createOutput>): Job {
  const { option, config, credentials } = options;
  const over = new AbortController();
  const [, project, job] = ci.variables.map((name) => env[name]);
  // On macOS it is behind a link.
  const temp = existsSync(os.tmpdir()) ? realpathSync(os.tmpdir()) : os.tmpdir();
  const privatePath = path.join(temp, `register-cnspec-${randomUUID()}`, 'mondoo.yml');
  let manifest: Job['manifest'] = {};
  return {
    env,
    workspace: process.cwd(),
    temp,
    toolCache: undefined,
    credentialsPlace: credentials.place,
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
    remember(change) {
      const next = { ...manifest, ...change };
      // Before there is anything to clean up, no folder is created.
      if (config && Object.keys(next).length > 0) saveState(config, next);
      manifest = next;
    },
    keepsConfig: config !== undefined,
    defaultConfigPath: () => config ?? privatePath,
    async explainMissingCredentials(onMissing) {
      const missing = `Nothing was found in ${credentials.place} or in \`MONDOO_CONFIG_BASE64\`.`;
      return explainMissing(missing, ci, onMissing, env);
    },
    async findIdTokens(onMissing) {
      const variable = option('id-token-env') || 'JWT_TOKEN';
      const setUp = ci.idToken ?? `Put an ID token for the \`audience\` of the JSON into \`${variable}\`.`;
      const jwt = secret(env[variable]).trim();
      if (jwt !== '') return idTokensFrom(variable, jwt, setUp);
      throw explainMissing(`The variable \`${variable}\` has no ID token.`, { ...ci, setUp }, onMissing, env);
    },
  };
}
