import { chooseCnspec } from './cnspec/find.ts';
import type { CnspecContext, CnspecResult } from './cnspec/result.ts';
import type { VersionSpec } from './cnspec/version.ts';
import { routeTo } from './credentials/route.ts';
import { environmentProxySecrets } from './credentials/secrets.ts';
import type { Work } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import type { NamedProxies } from './platform/proxy.ts';
import { isAccepted, type StatusCheck } from './platform/status-check.ts';
import type { Result } from './status/result.ts';
import type { Mrn } from './util/mrn.ts';

/** A cnspec on the runner, and what is known about it. */
interface Program {
  executable?: string | undefined;
  result?: CnspecResult | undefined;
  installed?: Result['installed'];
}

/** Finds the cnspec to compare with. If it is required and missing, the result is a failure. */
export async function findProgram(work: Work): Promise<Program> {
  const { executable, failure } = await chooseCnspec(work.inputs.verifyWithCnspec, contextOf(work));
  return { executable, result: failure && { failure } };
}

/** Installs a version of cnspec for later steps. @param named also for downloads */
export async function installProgram(spec: VersionSpec, named: NamedProxies, work: Work): Promise<Program> {
  const { inputs, job } = work;
  // Loaded on demand, as few jobs need it and it is big.
  const { installCnspec } = await import('./cnspec/install.ts');
  const { installed, result } = await installCnspec(spec, {
    ...contextOf(work),
    updatesUrl: inputs.updatesUrl,
    routeTo: (url) => routeTo(url, named, job),
    rememberFolders: (installFolders) => job.remember({ installFolders }),
  });
  return {
    executable: inputs.verifyWithCnspec === 'false' ? undefined : installed?.executable,
    result,
    installed: installed && { folder: installed.folder, isPinned: spec.kind === 'exact' },
  };
}

/** Runs `cnspec status` with this mondoo.yml and compares it with what the step found. */
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
  // cnspec may print them.
  job.mask(environmentProxySecrets(env));
  return { env, workspace, temp, toolCache, signal: deadline.signal, log };
}
