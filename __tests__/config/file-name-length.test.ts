import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { reserveConfig } from '../../src/config/reserve.ts';

/** Windows reports the name as invalid, which Node reports as a missing file. */
const CODE = process.platform === 'win32' ? /\((?:ENAMETOOLONG|ENOENT)\)/ : /\(ENAMETOOLONG\)/;

// 300: the file can't even be read; 250: only the temporary name is too long.
it.each([300, 250])('reports invalid-input for a name of %i characters', async (length) => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-'));
  const reserved = reserveConfig(path.join(root, 'x'.repeat(length)), {
    isDefaultPlace: false,
    room: 1,
    signal: AbortSignal.abort(),
    rollback: new AsyncDisposableStack(),
    job: { env: {}, workspace: '/', manifest: {}, remember: () => {} },
  });
  await expect(reserved).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(CODE),
  });
  await rm(root, { recursive: true });
});
