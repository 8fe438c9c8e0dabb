import path from 'node:path';

/** The folder that a job's code is checked out into. */
export function workspaceOf(env: NodeJS.ProcessEnv): string {
  return env.GITHUB_WORKSPACE || process.cwd();
}

/** Tells whether a file lies in a folder, at any depth. Both are absolute. */
export function liesIn(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}
