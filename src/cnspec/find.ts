import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../util/errors.ts';
import { isInside } from '../util/paths.ts';
import { plainText } from '../util/text.ts';
import type { CnspecContext } from './result.ts';

/** Finds the cnspec that later steps would run: the first one on PATH, as an absolute path. */
export async function findCnspec({ PATH = '', PATHEXT = '.EXE' }: NodeJS.ProcessEnv): Promise<string | undefined> {
  const onWindows = process.platform === 'win32';
  const names = onWindows ? PATHEXT.split(';').map((extension) => `cnspec${extension.toLowerCase()}`) : ['cnspec'];
  // An entry of Windows may be in quotes.
  const folders = (onWindows ? PATH.replaceAll('"', '') : PATH).split(path.delimiter).filter(Boolean);
  for (const file of folders.flatMap((folder) => names.map((name) => path.resolve(folder, name)))) {
    // The user may not be allowed to enter the folder.
    const [stats] = await Promise.all([stat(file), access(file, constants.X_OK)]).catch(() => []);
    if (stats?.isFile()) return file;
  }
  return undefined;
}

export async function chooseCnspec(
  verify: 'auto' | 'true' | 'false',
  { env, workspace, log }: Pick<CnspecContext, 'env' | 'workspace' | 'log'>,
): Promise<{ executable?: string; failure?: ActionError }> {
  if (verify === 'false') return {};
  const executable = await findCnspec(env);
  if (executable === undefined && verify === 'true') {
    const failure = new ActionError(
      'cnspec-failed',
      'There is no cnspec on `PATH`, but the input `verify-with-cnspec` is `true`.',
      'Install cnspec in an earlier step, or set the input `cnspec-version`.',
    );
    return { failure };
  }
  if (executable === undefined) return {};
  // A pull request can bring a program of that name, which must not see mondoo.yml.
  if (verify === 'auto' && (await isInside(workspace, executable))) {
    const skipped = `! cnspec at ${executable} is inside the workspace, so it was skipped.`;
    log(plainText(`${skipped} Set \`verify-with-cnspec: true\` to use it.`, 1000));
    return {};
  }
  return { executable };
}
