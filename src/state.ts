import { getState, saveState } from '@actions/core';
import type { Footprint } from './config/file.ts';

/** What main hands to post: all that post may rely on, as inputs and environment may have changed by then. */
export type State = Footprint;

const NAME = 'mondoo-config';

/** Saves the state; a later call replaces an earlier one. */
export function keepState(state: State): void {
  saveState(NAME, state);
}

/** Reads what main saved, or nothing where main did not come that far. */
export function recallState(): State | undefined {
  const text = getState(NAME);
  return text === '' ? undefined : (JSON.parse(text) as State);
}
