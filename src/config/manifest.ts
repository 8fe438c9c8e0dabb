import type { Mrn } from '../util/mrn.ts';

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
