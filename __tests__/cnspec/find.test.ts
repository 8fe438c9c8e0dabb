import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findCnspec, liesWithin } from '../../src/cnspec/find.ts';

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

describe('liesWithin', () => {
  it('knows what is below a folder, and what only looks like it', async () => {
    const file = await program('work/bin');
    await program('work-elsewhere');
    const work = path.join(root, 'work');
    expect(await liesWithin(file, work)).toBe(true);
    expect(await liesWithin(file, `${work}${path.sep}`)).toBe(true);
    expect(await liesWithin(path.join(root, 'work-elsewhere', 'cnspec'), work)).toBe(false);
    expect(await liesWithin(path.join(root, '..work'), work)).toBe(false);
    expect(await liesWithin(path.join(work, '..bin', 'cnspec'), work)).toBe(true);
    expect(await liesWithin(file, undefined)).toBe(false);
    expect(await liesWithin(file, '')).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('follows links, of the file and of the folder', async () => {
    const inside = await program('work/bin');
    const outside = await program('usr');
    const work = path.join(root, 'work');
    await symlink(inside, path.join(root, 'usr', 'leads-inside'));
    await symlink(outside, path.join(work, 'leads-outside'));
    await symlink(work, path.join(root, 'other-name'));
    expect(await liesWithin(path.join(root, 'usr', 'leads-inside'), work)).toBe(true);
    expect(await liesWithin(path.join(work, 'leads-outside'), work)).toBe(true);
    expect(await liesWithin(inside, path.join(root, 'other-name'))).toBe(true);
    expect(await liesWithin(outside, work)).toBe(false);
  });
});
