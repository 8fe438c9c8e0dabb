import path from 'node:path';
import type { CleanupManifest } from '../config/manifest.ts';

/** The name of the one value that main hands to post. */
export const STATE = 'cleanup';

/** Reads what main saved. It saves before other steps run, so what they put into the environment never gets here. */
export function readManifest(text: string): CleanupManifest {
  const saved: CleanupManifest = JSON.parse(text || '{}') ?? {};
  const { config, keyFile, createdFolders, installFolders, client, pendingClientName } = saved;
  const lists = [config && [config.path, config.temporaryPath], keyFile && [keyFile], createdFolders, installFolders];
  const isValid = lists.every((paths) => arePaths(paths));
  return isValid ? { config, keyFile, createdFolders, installFolders, client, pendingClientName } : {};
}

function arePaths(list: unknown = []): boolean {
  return Array.isArray(list) && list.every((file) => typeof file === 'string' && path.isAbsolute(file));
}
