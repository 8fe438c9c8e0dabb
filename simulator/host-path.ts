import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';

/** Returns PATH without the host's cnspec. Its folder is replaced by links to the other files; on Windows, dropped. */
export async function pathWithoutCnspec(host: string, folder: string): Promise<string> {
  const entries = host.split(path.delimiter).map(async (entry, index) => {
    const names = await readdir(entry).catch(() => []);
    if (!names.some(isCnspec)) return entry;
    if (process.platform === 'win32') return '';
    const links = path.join(folder, String(index));
    await mkdir(links, { recursive: true });
    const others = names.filter((name) => !isCnspec(name));
    await Promise.all(others.map((name) => symlink(path.resolve(entry, name), path.join(links, name))));
    return links;
  });
  return (await Promise.all(entries)).filter(Boolean).join(path.delimiter);
}

function isCnspec(name: string): boolean {
  return /^cnspec(?:\.\w+)?$/i.test(name);
}
