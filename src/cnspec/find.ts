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
