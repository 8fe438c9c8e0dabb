import { chooseCnspec } from './cnspec/find.ts';
import type { CnspecContext, CnspecResult } from './cnspec/result.ts';
import type { VersionSpec } from './cnspec/version.ts';
import { environmentProxySecrets } from './credentials/secrets.ts';
import { maskedProxy } from './identify.ts';
import type { Work } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import { USER_AGENT } from './platform/connection.ts';
import { isAccepted, type StatusCheck } from './platform/status-check.ts';
import type { Result } from './status/result.ts';
import type { Mrn } from './util/mrn.ts';

/** A cnspec that is there, and what is known of it. */
interface Program {
  executable?: string | undefined;
  result?: CnspecResult | undefined;
  installed?: Result['installed'];
}

/** Finds a cnspec that the step compares its findings with; a required one that is missing is a failure. */
export async function findProgram(work: Work): Promise<Program> {
  const { executable, failure } = await chooseCnspec(work.inputs.verifyWithCnspec, contextOf(work));
  return { executable, result: failure && { failure } };
}

/**
 * Installs a version of cnspec for later steps.
 * @param apiProxy the proxy that the workflow or the credentials name: cnspec itself downloads through it
 */
export async function installProgram(spec: VersionSpec, apiProxy: string | undefined, work: Work): Promise<Program> {
  const { inputs, job } = work;
  // Few jobs need it, and it is much to load.
  const { installCnspec } = await import('./cnspec/install.ts');
  const { installed, result } = await installCnspec(spec, {
    ...contextOf(work),
    updatesUrl: inputs.updatesUrl,
    proxy: (url) => maskedProxy(url, apiProxy, job),
    rememberFolders: (installFolders) => job.remember({ installFolders }),
  });
  return {
    executable: inputs.verifyWithCnspec === 'false' ? undefined : installed?.executable,
    result,
    installed: installed && { folder: installed.folder, isPinned: spec.kind === 'exact' },
  };
}

/** Asks cnspec what it sees by a mondoo.yml with this client, and compares that with what the step found. */
export async function compareStatus(
  executable: string,
  configPath: string,
  { account, check, client }: { account: ServiceAccount; check: StatusCheck; client: Mrn | undefined },
  work: Work,
): Promise<CnspecResult> {
  const { compareWithCnspec } = await import('./cnspec/compare.ts');
  const { mrn: serviceAccount, apiEndpoint: endpoint } = account;
  const expected = { serviceAccount, endpoint, authenticated: isAccepted(check), client };
  return compareWithCnspec(executable, configPath, expected, contextOf(work));
}

function contextOf({ job, deadline }: Work): CnspecContext {
  const { env, workspace, temp, toolCache, log } = job;
  // cnspec gets them, and may print them.
  job.mask(environmentProxySecrets(env));
  return { env, workspace, temp, toolCache, userAgent: USER_AGENT, deadline, log };
}
