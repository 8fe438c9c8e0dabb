import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { which } from '@actions/io';

/**
 * Finds the cnspec that later steps would run: the first one on PATH.
 * @returns its absolute path, or nothing where there is none
 */
export async function findCnspec(): Promise<string | undefined> {
  const found = await which('cnspec');
  return found === '' ? undefined : path.resolve(found);
}

/** Tells whether a file lies below a folder, by its own name or by what that leads to. */
export async function liesWithin(file: string, folder: string | undefined): Promise<boolean> {
  if (!folder) return false;
  const target = await realpath(folder).catch(() => folder);
  const names = [file, await realpath(file).catch(() => file)];
  return names.some((name) => isBelow(name, folder) || isBelow(name, target));
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
