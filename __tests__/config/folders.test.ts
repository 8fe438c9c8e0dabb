import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingFolders } from '../../src/config/folders.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('missingFolders', () => {
  it('lists all missing folders, outermost first', async () => {
    const folders = ['a', 'a/b', 'a/b/c'].map((name) => path.join(root, name));
    expect(await missingFolders(path.join(root, 'a', 'b', 'c'))).toEqual(folders);
  });

  it('lists nothing for a folder that exists', async () => {
    expect(await missingFolders(root)).toEqual([]);
  });

  it('lists nothing for the root', async () => {
    expect(await missingFolders(path.parse(root).root)).toEqual([]);
  });

  it('stops at a file, which creating the folder then reports', async () => {
    await writeFile(path.join(root, 'file'), '');
    expect(await missingFolders(path.join(root, 'file', 'a'))).toEqual([path.join(root, 'file', 'a')]);
  });
});
