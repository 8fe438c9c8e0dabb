import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findCnspec } from '../../src/cnspec/find.ts';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'find-')));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

async function program(folder: string, mode = 0o755): Promise<string> {
  await mkdir(path.join(root, folder), { recursive: true });
  const file = path.join(root, folder, process.platform === 'win32' ? 'cnspec.exe' : 'cnspec');
  await writeFile(file, '');
  await chmod(file, mode);
  return file;
}

describe('findCnspec', () => {
  it('finds the first one on PATH that can be run', async () => {
    const first = await program('a');
    await program('b');
    vi.stubEnv('PATH', ['empty', 'a', 'b'].map((folder) => path.join(root, folder)).join(path.delimiter));
    expect(await findCnspec()).toBe(first);
  });

  it('finds none where there is none', async () => {
    vi.stubEnv('PATH', root);
    expect(await findCnspec()).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('makes the path absolute, whatever PATH says', async () => {
    const file = await program('a');
    vi.stubEnv('PATH', path.relative(process.cwd(), path.dirname(file)));
    expect(await findCnspec()).toBe(file);
  });
});
