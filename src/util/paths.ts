import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** Whether an absolute path, which need not exist, is inside a folder, before or after resolving symlinks. */
export async function isInside(folder: string, file: string): Promise<boolean> {
  const [target, real] = await Promise.all([resolveLinks(file), resolveLinks(folder)]);
  return [file, target].some((name) => [folder, real].some((place) => contains(place, name)));
}

/** Resolves symlinks in the part of the path that exists. */
async function resolveLinks(name: string): Promise<string> {
  const { dir, base } = path.parse(name);
  return realpath(name).catch(async () => (base === '' ? name : path.join(await resolveLinks(dir), base)));
}

function contains(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}

/** The folder of the programs that come with Windows. */
export function system32(env: NodeJS.ProcessEnv): string {
  return path.join(env.SystemRoot ?? env.SYSTEMROOT ?? 'C:\\Windows', 'System32');
}
