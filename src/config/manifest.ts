import type { Mrn } from '../util/mrn.ts';

/** mondoo.yml, and what main writes before it is in its place. */
export interface ConfigManifest {
  path: string;
  /** The name under which the file is written before it is moved into place. */
  temporaryPath: string;
  /** Whether the workflow named no other place. */
  isDefaultPlace: boolean;
  /** The hash of the private key in it; absent until the file is about to be moved into place. */
  keyHash?: string | undefined;
}

/** All that a step leaves on the runner and on the platform: what post needs to clean up, and nothing else. */
export interface CleanupManifest {
  config?: ConfigManifest | undefined;
  /** The path of a mondoo.yml with the key of `client`, for post alone. */
  keyFile?: string | undefined;
  /** Folders that did not exist before, each behind those that it lies in. */
  createdFolders?: string[] | undefined;
  /** The client that was minted for this job. */
  client?: Mrn | undefined;
  /** The name of a client that the platform was asked to mint, as long as it has not answered. */
  pendingClientName?: string | undefined;
  /** Folders that an installation of cnspec uses on its way. */
  installFolders?: string[] | undefined;
}

/**
 * Adds to what post will know, before it is true.
 * @throws ActionError `runner-error` if post would not know of it
 */
export type Remember = (change: CleanupManifest) => void;
