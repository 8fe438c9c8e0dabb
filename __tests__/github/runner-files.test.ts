import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSteps, writeCommands } from '../../src/github/runner-files.ts';
import { failureOf } from '../fixtures.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);
/** The environment of a step in a container job. */
const containerEnv = () => ({ HOME: '/github/home', GITHUB_STATE: file('save_state_2') });

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'command-files-'));
  await writeFile(file('save_state_1'), '');
  await writeFile(file('save_state_2'), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('hasNewStep, in a container job', () => {
  it('is false while no other step begins', async () => {
    const hasNewStep = watchSteps(containerEnv());
    expect(hasNewStep()).toBe(false);
    await writeFile(file('set_output_3'), '');
    expect(hasNewStep()).toBe(false);
  });

  it.each([
    ['another step begins', () => writeFile(file('save_state_3'), '')],
    ['the job is over', () => rm(folder, { recursive: true })],
    [
      'the files are of another step',
      () => rm(file('save_state_2')).then(() => writeFile(file('save_state_3'), '')),
    ],
  ])('is true if %s', async (_, happens) => {
    const hasNewStep = watchSteps(containerEnv());
    await happens();
    expect(hasNewStep()).toBe(true);
  });
});

describe('hasNewStep, in another job', () => {
  it.each([
    ['elsewhere at home', () => ({ ...containerEnv(), HOME: '/home/runner' })],
    ['without state', () => ({ HOME: '/github/home' })],
    ['without a home', () => ({ GITHUB_STATE: file('save_state_2') })],
  ])('is always false: %s', async (_, env) => {
    const hasNewStep = watchSteps(env());
    await writeFile(file('save_state_3'), '');
    expect(hasNewStep()).toBe(false);
  });
});

describe('writeCommands', () => {
  const failing = (error: Error) =>
    failureOf(() =>
      writeCommands(() => {
        throw error;
      }),
    );

  it('writes', () => {
    const write = vi.fn();
    writeCommands(write);
    expect(write).toHaveBeenCalledOnce();
  });

  it.each([
    [Object.assign(new Error('no space'), { code: 'ENOSPC' }), '(ENOSPC)'],
    [new Error('Missing file at path: x'), '(file not found)'],
  ])("explains why the runner's files cannot be written: %s", (error, reason) => {
    const { code, message, remedy } = failing(error);
    expect(code).toBe('runner-error');
    expect(message).toContain(`could not write to the runner's command files ${reason}.`);
    expect(remedy).toMatch(/disk space on the runner, where `RUNNER_TEMP` is/);
  });

  it.each(['EACCES', 'EPERM'])('names the container option that denies access: %s', (denied) => {
    const { code, message, remedy } = failing(Object.assign(new Error('denied'), { code: denied }));
    expect(code).toBe('runner-error');
    expect(message).toContain(`(${denied})`);
    expect(remedy).toMatch(/container job with `options: --user`/);
  });
});
