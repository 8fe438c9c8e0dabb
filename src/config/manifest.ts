import path from 'node:path';
import { isMap, mapIn, tryParseJson } from '../util/json.ts';
import { isMrn, type Mrn } from '../util/mrn.ts';

/** mondoo.yml, before and after it is published. */
export interface ConfigManifest {
  path: string;
  /** The file's name before it is published. */
  temporaryPath: string;
  /** Whether the workflow sets no `config-path`. */
  isDefaultPlace: boolean;
  /** The hash of the private key in it; absent until the file is about to be published. */
  keyHash?: string | undefined;
}

/** What a step leaves on the runner and on the platform, for post to clean up. */
export interface CleanupManifest {
  config?: ConfigManifest | undefined;
  /** The path of credentials JSON with the key of `client`, for post alone. */
  keyFile?: string | undefined;
  /** Folders that the step created, outermost first. */
  createdFolders?: string[] | undefined;
  /** The client that was minted for this job. */
  client?: Mrn | undefined;
  /** The name of a client while the platform mints it. */
  pendingClientName?: string | undefined;
  /** Temporary folders of a cnspec installation. */
  installFolders?: string[] | undefined;
}

/**
 * Saves a change for post, before it happens.
 * @throws ActionError `runner-error` if post would not know of it
 */
export type Remember = (change: CleanupManifest) => void;

/** Removes a part of the manifest. If that fails, the cleanup ignores what is missing. */
export function forget(part: keyof CleanupManifest, remember: Remember): void {
  try {
    remember({ [part]: undefined });
  } catch {}
}

const UUID = String.raw`[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`;

/** The ends of the paths that the step gives to what it creates. */
const DEFAULT_PLACE = /[\\/]\.config[\\/]mondoo[\\/]mondoo\.yml$/;
const KEY_FILE = new RegExp(String.raw`[\\/]\.mondoo\.${UUID}\.key\.json$`);
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
 * Reads what a step saved. Another step or a checkout may have put other text there.
 * @returns undefined if a path or a name isn't one that the step would give
 */
export function readManifest(text: string): CleanupManifest | undefined {
  const saved = tryParseJson(text);
  if (!isMap(saved)) return undefined;
  const parts = Object.entries(SHAPES).filter(([part]) => saved[part] !== undefined);
  const isValid = parts.every(([part, fits]) => fits(saved[part]));
  return isValid ? Object.fromEntries(parts.map(([part]) => [part, saved[part]])) : undefined;
}

/** Whether a manifest has only paths that belong to the mondoo.yml at this path. */
export function belongsTo(
  place: string,
  { config, keyFile, createdFolders, installFolders }: CleanupManifest,
): boolean {
  if (installFolders || (config && (config.isDefaultPlace || config.path !== place))) return false;
  if (keyFile && path.dirname(keyFile) !== path.dirname(place)) return false;
  return !createdFolders?.some((folder) => !place.startsWith(folder + path.sep));
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
