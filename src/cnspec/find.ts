import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';

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
