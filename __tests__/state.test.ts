import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Footprint } from '../src/config/file.ts';
import {
  forgetMintedClient,
  keepExpectedClient,
  keepFootprint,
  keepMintedClient,
  keepScratch,
  recallState,
} from '../src/state.ts';
import { CLIENT_MRN } from './fixtures.ts';

const FOOTPRINT: Footprint = {
  configPath: '/tmp/ü/mondoo.yml',
  temporaryPath: '/tmp/ü/.mondoo.yml.1',
  mark: '# Written by register-cnspec as x',
  createdFolders: ['/tmp/ü'],
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-'));
  await writeFile(path.join(folder, 'state'), '');
  vi.stubEnv('GITHUB_STATE', path.join(folder, 'state'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Does what the runner does between main and post: the last value of each name counts. */
async function handOver(): Promise<void> {
  const text = await readFile(path.join(folder, 'state'), 'utf8');
  for (const [, name, , value] of text.matchAll(/^(.+?)<<(\S+)\r?\n([\s\S]*?)\r?\n\2$/gm))
    vi.stubEnv(`STATE_${name}`, value);
}

describe('the state', () => {
  it('comes out in post as it went in in main', async () => {
    keepFootprint(FOOTPRINT);
    keepMintedClient(CLIENT_MRN);
    keepScratch(['/tmp/a', '/tmp/b']);
    await handOver();
    expect(recallState()).toEqual({
      footprint: FOOTPRINT,
      mintedClient: CLIENT_MRN,
      scratch: ['/tmp/a', '/tmp/b'],
    });
  });

  it('is the one that was kept last', async () => {
    keepFootprint(FOOTPRINT);
    keepFootprint({ ...FOOTPRINT, sha256: 'f'.repeat(64) });
    keepMintedClient(CLIENT_MRN);
    forgetMintedClient();
    keepScratch(['/tmp/a']);
    keepScratch([]);
    await handOver();
    expect(recallState()).toEqual({
      footprint: { ...FOOTPRINT, sha256: 'f'.repeat(64) },
      mintedClient: undefined,
      scratch: [],
    });
  });

  it('knows of a client at every moment: the one that is expected goes after the one that came is kept', async () => {
    keepExpectedClient('acme/shop/scan');
    keepMintedClient(CLIENT_MRN);
    const text = await readFile(path.join(folder, 'state'), 'utf8');
    const names = [...text.matchAll(/^([\w-]+)<</gm)].map(([, name]) => name);
    expect(names).toEqual(['expected-client', 'minted-client', 'expected-client']);
    await handOver();
    expect(recallState()).toMatchObject({ mintedClient: CLIENT_MRN, expectedClient: undefined });
  });

  it('is nothing where main did not come that far', () => {
    expect(recallState()).toEqual({ footprint: undefined, mintedClient: undefined, scratch: [] });
  });
});
