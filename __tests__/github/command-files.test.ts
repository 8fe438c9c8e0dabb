import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let folder: string;
const file = (name: string) => path.join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'command-files-'));
  await writeFile(file('save_state_1'), '');
  await writeFile(file('save_state_2'), '');
  vi.stubEnv('GITHUB_STATE', file('save_state_2'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Loads it as a step does that begins now, at home in this folder. */
async function begin(home: string) {
  vi.stubEnv('HOME', home);
  vi.resetModules();
  return import('../../src/github/command-files.ts');
}

describe('a step of a container job', () => {
  it('is waited for where there were others before it', async () => {
    const { leftBehind, requireRunner } = await begin('/github/home');
    await writeFile(file('set_output_3'), '');
    expect(leftBehind()).toBeUndefined();
    expect(requireRunner).not.toThrow();
  });

  it.each([
    ['another one begins', () => writeFile(file('save_state_3'), '')],
    ['the job is over', () => rm(folder, { recursive: true })],
  ])('is left behind where %s', async (_, happens) => {
    const { leftBehind, requireRunner, tellRunner } = await begin('/github/home');
    await happens();
    expect(leftBehind()?.message).toContain('has gone on to another step of the job');
    expect(requireRunner).toThrow('has gone on');
    const tell = vi.fn();
    expect(() => tellRunner(tell)).toThrow('has gone on');
    expect(tell).toHaveBeenCalledOnce();
  });
});

describe('a step of another job', () => {
  it('is waited for, whatever else begins', async () => {
    const { leftBehind } = await begin('/home/runner');
    await writeFile(file('save_state_3'), '');
    expect(leftBehind()).toBeUndefined();
  });

  it.each([
    [Object.assign(new Error('no space'), { code: 'ENOSPC' }), '(ENOSPC)'],
    [new Error('Missing file at path: x'), '(the file is gone)'],
  ])('says why the runner cannot be told: %s', async (error, why) => {
    const { tellRunner } = await begin('/home/runner');
    const telling = () =>
      tellRunner(() => {
        throw error;
      });
    expect(telling).toThrow(`could not be written to the runner's files ${why}.`);
  });
});
