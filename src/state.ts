import { getState, saveState } from '@actions/core';
import type { Footprint } from './config/file.ts';
import type { Mrn } from './values/mrn.ts';

/** What main hands to post: all that post may rely on, as inputs and environment may have changed by then. */
export interface State {
  /** Nothing where main did not come to mondoo.yml. */
  footprint: Footprint | undefined;
  /** The client that this job minted, to be unregistered with the key in mondoo.yml. */
  mintedClient: Mrn | undefined;
  /** The name of a client that the platform was asked to mint, as long as it has not answered. */
  expectedClient: string | undefined;
  /** Folders that an installation of cnspec uses on its way. */
  scratch: string[];
}

const FOOTPRINT = 'mondoo-config';
const MINTED_CLIENT = 'minted-client';
const EXPECTED_CLIENT = 'expected-client';
const SCRATCH = 'cnspec-folders';

/** What has been saved in this process. */
const kept: State = { footprint: undefined, mintedClient: undefined, expectedClient: undefined, scratch: [] };

/** Saves what mondoo.yml leaves on the machine; a later call replaces an earlier one. */
export function keepFootprint(footprint: Footprint): void {
  kept.footprint = footprint;
  saveState(FOOTPRINT, footprint);
}

/** Saves which client post has to unregister; nothing when there is none any more. */
export function keepMintedClient(clientMrn: Mrn | undefined): void {
  kept.mintedClient = clientMrn;
  saveState(MINTED_CLIENT, clientMrn ?? '');
  // After it: a step that is killed in between has saved too much rather than too little.
  keepExpectedClient(undefined);
}

/** Saves under which name a client is about to be minted; nothing once the platform has answered. */
export function keepExpectedClient(name: string | undefined): void {
  kept.expectedClient = name;
  saveState(EXPECTED_CLIENT, name ?? '');
}

/** Saves which folders an installation of cnspec uses on its way; none when they are gone. */
export function keepScratch(folders: string[]): void {
  kept.scratch = folders;
  saveState(SCRATCH, folders);
}

/** What main has saved so far. */
export function keptState(): Readonly<State> {
  return kept;
}

/** Reads what main saved. */
export function recallState(): State {
  const [footprint, scratch] = [getState(FOOTPRINT), getState(SCRATCH)];
  return {
    footprint: footprint === '' ? undefined : (JSON.parse(footprint) as Footprint),
    mintedClient: getState(MINTED_CLIENT) || undefined,
    expectedClient: getState(EXPECTED_CLIENT) || undefined,
    scratch: scratch === '' ? [] : (JSON.parse(scratch) as string[]),
  };
}
