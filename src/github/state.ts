import path from 'node:path';
import type { CleanupManifest } from '../config/manifest.ts';

/** The name of the one value that main hands to post. */
export const STATE = 'cleanup';

/**
 * Reads what main saved. It saves this value before anything else, so a value that came from the environment by
 * another step never gets here; one that names no absolute paths is ignored all the same.
 */
export function readManifest(text: string): CleanupManifest {
  const manifest: CleanupManifest = JSON.parse(text || '{}') ?? {};
  const { config, keyFile, createdFolders = [], installFolders = [] } = manifest;
  const ofConfig = config ? [config.path, config.temporaryPath] : [];
  const paths: unknown[] = [ofConfig, keyFile ?? [], createdFolders, installFolders].flat();
  return paths.every((file) => typeof file === 'string' && path.isAbsolute(file)) ? manifest : {};
}
