import { getState, saveState } from '@actions/core';
import type { Footprint } from './config/file.ts';
import { tellRunner } from './github/command-files.ts';
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

/** What this process itself has to take back. */
const kept: Pick<State, 'footprint' | 'mintedClient'> = { footprint: undefined, mintedClient: undefined };

/**
 * Saves what mondoo.yml leaves on the machine; a later call replaces an earlier one.
 * @throws ActionError when post would not know of it
 */
export function keepFootprint(footprint: Footprint): void {
  kept.footprint = footprint;
  save(FOOTPRINT, footprint);
}

/**
 * Saves which client post has to unregister.
 * @throws ActionError when post would not know of it
 */
export function keepMintedClient(clientMrn: Mrn): void {
  save(MINTED_CLIENT, clientMrn);
  kept.mintedClient = clientMrn;
  // After it: a step that is killed in between has saved too much rather than too little.
  forgetExpectedClient();
}

/** Lets post know that there is no client to unregister any more, nor one to look for. */
export function forgetMintedClient(): void {
  kept.mintedClient = undefined;
  forget(MINTED_CLIENT);
  forgetExpectedClient();
}

/**
 * Saves under which name a client is about to be minted.
 * @throws ActionError when post would not know of it
 */
export function keepExpectedClient(name: string): void {
  save(EXPECTED_CLIENT, name);
}

/** Lets post know that the platform has answered. */
export function forgetExpectedClient(): void {
  forget(EXPECTED_CLIENT);
}

/** Saves which folders an installation of cnspec uses on its way; none when they are gone. */
export function keepScratch(folders: string[]): void {
  save(SCRATCH, folders);
}

/** What main has saved so far. */
export function keptState(): Readonly<typeof kept> {
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

function save(name: string, value: unknown): void {
  tellRunner(() => saveState(name, value));
}

/** Where it fails, post looks for what is gone: too much rather than too little. */
function forget(name: string): void {
  try {
    save(name, '');
  } catch {
    // An ActionError: the runner cannot be told.
  }
}
