import { getState } from '@actions/core';
import { cleanUp } from './cleanup.ts';
import { readManifest } from './config/manifest.ts';
import { runEntry } from './github/entry.ts';
import { log, mask, warn } from './github/log.ts';
import { STATE } from './github/runner-files.ts';

// Ignore signals: the cleanup ends within seconds, and an interrupted one would leave a key.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

void runEntry(async () => {
  // Main saves before other steps run, so another text gets here only if main was killed at its start.
  await cleanUp(readManifest(getState(STATE)) ?? {}, { env: process.env, log, mask, warn });
  return true;
}, 'warn');
