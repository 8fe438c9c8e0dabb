import { existsSync } from 'node:fs';
import { getState, saveState } from '@actions/core';
import type { Footprint } from './config/file.ts';
import { ActionError } from './errors.ts';
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

/** The files by which a step tells the runner something. */
const COMMAND_FILES = ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV'];

/**
 * Tells whether the runner has gone on without this step: it removes a step's files when another one begins. In a
 * container job that one may be post, as no signal tells this one that the job is cancelled.
 */
export function isLeftBehind(): boolean {
  // One of them alone may be there again: what is being added to in that very moment.
  return COMMAND_FILES.map((name) => process.env[name]).some((file) => file && !existsSync(file));
}

/**
 * Saves what mondoo.yml leaves on the machine; a later call replaces an earlier one.
 * @throws ActionError when post would not know of it
 */
export function keepFootprint(footprint: Footprint): void {
  kept.footprint = footprint;
  save(FOOTPRINT, footprint);
  requireReader();
}

/** Saves which client post has to unregister; nothing when there is none any more. */
export function keepMintedClient(clientMrn: Mrn | undefined): void {
  kept.mintedClient = clientMrn;
  save(MINTED_CLIENT, clientMrn ?? '');
  // After it: a step that is killed in between has saved too much rather than too little.
  keepExpectedClient(undefined);
}

/**
 * Saves under which name a client is about to be minted; nothing once the platform has answered.
 * @throws ActionError when post would not know of it
 */
export function keepExpectedClient(name: string | undefined): void {
  kept.expectedClient = name;
  save(EXPECTED_CLIENT, name ?? '');
  if (name !== undefined) requireReader();
}

/** Saves which folders an installation of cnspec uses on its way; none when they are gone. */
export function keepScratch(folders: string[]): void {
  kept.scratch = folders;
  save(SCRATCH, folders);
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

function save(name: string, value: unknown): void {
  // What cannot be told to post this step takes back by itself.
  if (!isLeftBehind()) saveState(name, value);
}

function requireReader(): void {
  if (!isLeftBehind()) return;
  throw new ActionError(
    'invalid-input',
    'The runner has gone on to another step while this one was still running, so that nothing may be left any more.',
    'A job in a container that is cancelled ends like this. Run it again.',
  );
}
