import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { find } from '@actions/tool-cache';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CachedVersion, type Program, programIn } from '../../src/cnspec/tool-cache.ts';

const PROGRAM = process.platform === 'win32' ? 'cnspec.cmd' : 'cnspec';

let root: string;
let place: CachedVersion;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'tool-cache-'));
  vi.stubEnv('RUNNER_TOOL_CACHE', root);
  // The toolkit tells on stdout what it does.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  place = new CachedVersion('13.0.0', 'x64', process.env);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

/** Unpacks a program beside its place. */
async function unpacked(content: string): Promise<{ program: Program; aside: string }> {
  const aside = await mkdtemp(path.join(root, 'beside-'));
  const folder = path.join(aside, 'unpacked');
  await mkdir(folder);
  await writeFile(path.join(folder, PROGRAM), content, { mode: 0o755 });
  return { program: (await programIn(folder, process.env)) as Program, aside };
}

const contentOf = async ({ executable }: Program) => readFile(executable, 'utf8');

describe('CachedVersion', () => {
  it('is found, by the toolkit too, once it is filled, and no more when it was removed', async () => {
    expect(await place.find()).toBeUndefined();
    await mkdir(path.dirname(place.folder), { recursive: true });
    const { program, aside } = await unpacked('one');
    const filled = await place.fill(program, aside);
    expect(filled).toEqual({
      folder: path.join(root, 'cnspec', '13.0.0', 'x64'),
      executable: path.join(root, 'cnspec', '13.0.0', 'x64', PROGRAM),
    });
    expect(await place.find()).toEqual(filled);
    expect(find('cnspec', '13.0.0', 'x64')).toBe(filled.folder);
    expect(existsSync(program.folder)).toBe(false);

    await place.remove();
    expect(await readdir(path.dirname(place.folder))).toEqual([]);
  });

  it('stays what another job has made of it by then', async () => {
    await mkdir(path.dirname(place.folder), { recursive: true });
    const [one, two] = [await unpacked('one'), await unpacked('two')];
    await place.fill(one.program, one.aside);
    expect(await contentOf(await place.fill(two.program, two.aside))).toBe('one');
  });

  it.each([
    ['that is not finished', PROGRAM, false],
    ['that is finished, without a program', 'LICENSE', true],
  ])('takes the place of a folder %s', async (_, file, finished) => {
    await mkdir(place.folder, { recursive: true });
    await writeFile(path.join(place.folder, file), 'ha', { mode: 0o755 });
    if (finished) await writeFile(`${place.folder}.complete`, '');
    expect(await place.find()).toBeUndefined();
    const { program, aside } = await unpacked('whole');
    expect(await contentOf(await place.fill(program, aside))).toBe('whole');
    expect(await readdir(place.folder)).toEqual([PROGRAM]);
    expect(await place.find()).toBeDefined();
  });

  it('is whole for everybody, however many fill it at once', async () => {
    await mkdir(path.dirname(place.folder), { recursive: true });
    const jobs = await Promise.all(Array.from({ length: 8 }, (_, job) => unpacked(`job ${job}`)));
    const filled = await Promise.all(jobs.map(({ program, aside }) => place.fill(program, aside)));
    const contents = await Promise.all(filled.map(contentOf));
    expect(new Set(contents).size).toBe(1);
  });

  it('says what is wrong with a place that cannot be filled', async () => {
    const { program, aside } = await unpacked('one');
    await expect(place.fill(program, aside)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
