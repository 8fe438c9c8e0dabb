import { realpath } from 'node:fs/promises';
import { liesIn, workspaceOf } from '../values/folder.ts';

/**
 * Tells whether a file lies in the workspace, by its own name or by what that leads to: a pull request can have
 * brought it.
 * @param file absolute
 */
export async function isInWorkspace(file: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const workspace = workspaceOf(env);
  const [target, folder] = await Promise.all(
    [file, workspace].map((name) => realpath(name).catch(() => name)),
  );
  return [file, target].some((name) =>
    [workspace, folder].some((place) => liesIn(place as string, name as string)),
  );
}
