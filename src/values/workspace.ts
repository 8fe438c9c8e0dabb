import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** The folder that a job's code is checked out into. */
export function workspaceOf(env: NodeJS.ProcessEnv): string {
  return env.GITHUB_WORKSPACE || process.cwd();
}

/**
 * Tells whether a file lies in the workspace, at any depth, by its own name or by what that leads to.
 * @param file absolute; it need not be there yet
 */
export async function isInWorkspace(file: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const workspace = workspaceOf(env);
  const [target, folder] = await Promise.all([resolveLinks(file), resolveLinks(workspace)]);
  return [file, target].some((name) => [workspace, folder].some((place) => liesIn(place, name)));
}

/** Where a name leads, as far as there is something. */
async function resolveLinks(name: string): Promise<string> {
  const { dir, base } = path.parse(name);
  return realpath(name).catch(async () => (base === '' ? name : path.join(await resolveLinks(dir), base)));
}

function liesIn(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}
