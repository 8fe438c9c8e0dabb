import path from 'node:path';
import type { CleanupManifest } from '../config/manifest.ts';

/** The name of the one value that main hands to post. */
export const STATE = 'cleanup';

/**
 * Reads what main saved. It saves this value before anything else, so a value that came from the environment by
 * another step never gets here; what has another shape is ignored all the same.
 */
export function readManifest(text: string): CleanupManifest {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  return isManifest(value) ? value : {};
}

function isManifest(value: unknown): value is CleanupManifest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { config, keyFile, createdFolders = [], installFolders = [] } = value as CleanupManifest;
  const paths: unknown[] = [
    ...(config ? [config.path, config.temporaryPath] : []),
    ...(keyFile === undefined ? [] : [keyFile]),
    ...[createdFolders, installFolders].flat(),
  ];
  return paths.every((name) => typeof name === 'string' && path.isAbsolute(name));
}
