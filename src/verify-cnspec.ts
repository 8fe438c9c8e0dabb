import path from 'node:path';
import type { Expected } from './cnspec/compare.ts';
import { findCnspec } from './cnspec/find.ts';
import type { CnspecContext, CnspecResult } from './cnspec/result.ts';
import type { VersionSpec } from './cnspec/version.ts';
import { type NamedProxies, routeTo } from './credentials/route.ts';
import { environmentProxySecrets } from './credentials/secrets.ts';
import type { Work } from './job.ts';
import type { Result } from './status/result.ts';
import { ActionError } from './util/errors.ts';
import { isInside } from './util/paths.ts';
import { plainText } from './util/text.ts';

/** A cnspec on the runner, and what is known about it. */
interface Program extends Pick<Result, 'installed'> {
  executable?: string | undefined;
  result?: CnspecResult | undefined;
}

/** Finds the cnspec to compare with. If it is required and missing, the result is a failure. */
export async function findProgram(work: Work): Promise<Program> {
  const { env, workspace, log } = contextOf(work);
  const { verifyWithCnspec: verify } = work.inputs;
  const executable = verify === 'false' ? undefined : await findCnspec(env);
  if (executable === undefined) {
    if (verify !== 'true') return {};
    const failure = new ActionError(
      'cnspec-failed',
      "The input `verify-with-cnspec` is `true`, but cnspec isn't on `PATH`.",
      'Install cnspec in an earlier step, or set the input `cnspec-version`.',
    );
    return { result: { failure } };
  }
  // A pull request can bring a program of that name, which must not see mondoo.yml.
  if (verify === 'auto' && (await isInside(workspace, executable))) {
    const skipped = `! cnspec at \`${executable}\` is inside the workspace, so it was skipped.`;
    log(plainText(`${skipped} Set \`verify-with-cnspec: true\` to use it.`, 1000));
    return {};
  }
  return { executable };
}

/** Installs a version of cnspec for later steps. @param named also for downloads */
export async function installProgram(spec: VersionSpec, named: NamedProxies, work: Work): Promise<Program> {
  const { inputs, job } = work;
  // Loaded on demand, as few jobs need it and it is big.
  const { installCnspec } = await import('./cnspec/install.ts');
  const { executable, result } = await installCnspec(spec, {
    ...contextOf(work),
    updatesUrl: inputs.updatesUrl,
    routeTo: (url) => routeTo(url, named, job),
    rememberFolders: (installFolders) => job.remember({ installFolders }),
  });
  return {
    executable: inputs.verifyWithCnspec === 'false' ? undefined : executable,
    result,
    installed: executable ? { folder: path.dirname(executable), isPinned: spec.kind === 'exact' } : undefined,
  };
}

/** Runs `cnspec status` with this mondoo.yml and compares it with what the step found. */
export async function compareStatus(executable: string, configPath: string, expected: Expected, work: Work) {
  const { compareWithCnspec } = await import('./cnspec/compare.ts');
  return compareWithCnspec(executable, configPath, expected, contextOf(work));
}

function contextOf({ job, deadline }: Work): CnspecContext {
  const { env, workspace, temp, toolCache, log } = job;
  // cnspec may print them.
  job.mask(environmentProxySecrets(env));
  return { env, workspace, temp, toolCache, signal: deadline.signal, log };
}
