import { getState } from '@actions/core';
import { cleanUp } from './cleanup.ts';
import { runEntry } from './github/entry.ts';
import { log, mask, warn } from './github/log.ts';
import { readManifest, STATE } from './github/state.ts';

// Cleaning up ends within seconds, and half of it would leave a key.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

void runEntry(async () => {
  await cleanUp(readManifest(getState(STATE)), { env: process.env, log, mask, warn });
  return true;
}, 'warn');
