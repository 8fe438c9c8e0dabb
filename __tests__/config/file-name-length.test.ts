import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ConfigFile } from '../../src/config/file.ts';

/** Windows calls it no valid name, which Node tells as one that is not there. */
const CODE = process.platform === 'win32' ? /\((?:ENAMETOOLONG|ENOENT)\)/ : /\(ENAMETOOLONG\)/;

// 300: the file itself cannot be looked at; 250: only the temporary name is too long.
it.each([300, 250])('says invalid-input of a name of %i characters', async (length) => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-'));
  const prepared = ConfigFile.prepare(path.join(root, 'x'.repeat(length)), {
    room: 1,
    ownFolder: false,
    run: '12.2',
    save: () => {},
  });
  await expect(prepared).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(CODE),
  });
  await rm(root, { recursive: true });
});
