import path from 'node:path';
import { which } from '@actions/io';
import { ActionError } from '../util/errors.ts';
import { isInside } from '../util/paths.ts';
import { plainText } from '../util/text.ts';
import type { CnspecContext } from './result.ts';

/** Finds the cnspec that later steps would run: the first one on PATH, as an absolute path. */
export async function findCnspec(): Promise<string | undefined> {
  const found = await which('cnspec');
  return found === '' ? undefined : path.resolve(found);
}

export async function chooseCnspec(
  verify: 'auto' | 'true' | 'false',
  { workspace, log }: Pick<CnspecContext, 'workspace' | 'log'>,
): Promise<{ executable?: string; failure?: ActionError }> {
  if (verify === 'false') return {};
  const executable = await findCnspec();
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
