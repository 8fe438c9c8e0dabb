import path from 'node:path';
import type { CleanupManifest } from '../config/manifest.ts';
import { mapIn } from '../util/json.ts';
import { isMrn } from '../util/mrn.ts';

/** The name of the one value that main hands to post. */
export const STATE = 'cleanup';

const UUID = String.raw`[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`;

/** The ends of the paths that main gives to what it creates. */
const DEFAULT_PLACE = /[\\/]\.config[\\/]mondoo[\\/]mondoo\.yml$/;
const KEY_FILE = new RegExp(String.raw`[\\/]\.config[\\/]mondoo[\\/]\.mondoo\.${UUID}\.key\.json$`);
const INSTALL_FOLDER = new RegExp(String.raw`[\\/](?:cnspec|cnspec[\\/][^\\/]+[\\/]\w+)-${UUID}$`);

const SHAPES: Record<keyof CleanupManifest, (value: unknown) => boolean> = {
  config: (config) => isConfig(mapIn(config)),
  keyFile: (file) => isPath(file, KEY_FILE),
  createdFolders: (list) => Array.isArray(list) && list.every((folder) => isPath(folder)),
  installFolders: (list) => Array.isArray(list) && list.every((folder) => isPath(folder, INSTALL_FOLDER)),
  client: (mrn) => typeof mrn === 'string' && isMrn('client', mrn),
  pendingClientName: (name) => typeof name === 'string',
};

/**
 * Reads what main saved. It saves before other steps run, so what they put into the environment gets here only if main
 * was killed at its start. Then post ignores every path and name that main would not give.
 */
export function readManifest(text: string): CleanupManifest {
  const saved = mapIn(JSON.parse(text || '{}'));
  const parts = Object.entries(SHAPES).filter(([part]) => saved[part] !== undefined);
  const isValid = parts.every(([part, fits]) => fits(saved[part]));
  return isValid ? Object.fromEntries(parts.map(([part]) => [part, saved[part]])) : {};
}

function isPath(file: unknown, end = /(?:)/): file is string {
  return typeof file === 'string' && path.isAbsolute(file) && end.test(file);
}

function isConfig({ path: file, temporaryPath, isDefaultPlace, keyHash = '' }: Record<string, unknown>): boolean {
  if (!isPath(file) || !isPath(temporaryPath) || typeof keyHash !== 'string') return false;
  const { dir, name, ext } = path.parse(file);
  const start = path.join(dir, `.${name}.`);
  const id = new RegExp(`^${UUID}`).exec(temporaryPath.slice(start.length))?.[0];
  return temporaryPath === `${start}${id}${ext}` && (isDefaultPlace === false || DEFAULT_PLACE.test(file));
}
