import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { readRecord, withDiskEvent, withDiskRecord } from '../../simulator/disk.ts';
import type { Job, Step } from '../../simulator/runner.ts';
import { until } from '../../simulator/until.ts';
import type { CleanupManifest, ConfigManifest } from '../../src/config/manifest.ts';
import { DRAWN, drawn } from './drawn.ts';
import { holdAtFileOperation, stateSoFar } from './held-step.ts';
import { type Stage, test } from './stage.ts';
import { inputsOf, putTheirs, usualSteps } from './usual-step.ts';

const STEPS = await usualSteps();

/** How many file operations of each method `npm test` draws. */
const SOME = 4;

/** The number of a named operation's last occurrence in a step with credentials. */
function numberOf(name: string): number {
  const [, number] = STEPS[0]!.operations.findLast(([sort]) => sort === name) ?? [];
  if (number === undefined) throw new Error(`The step does no ${name}.`);
  return number;
}

/** Runs a step, and a function while the step is held before a file operation. */
async function whileHeld(
  stage: Stage,
  at: number,
  act: (config: ConfigManifest) => void,
): Promise<{ job: Job; step: Step }> {
  const job = await stage.job();
  putTheirs(job);
  const { env, reached, release } = holdAtFileOperation(job, at);
  const running = job.runMain({ inputs: await inputsOf('credentials', stage), env });
  await until(reached, running);
  act((JSON.parse(stateSoFar(job).cleanup!) as CleanupManifest).config!);
  release();
  return { job, step: await running };
}

describe('while the step works', { concurrent: true }, () => {
  test('another file at the temporary name does not become mondoo.yml', async ({ stage }) => {
    let theirs = '';
    const { job, step } = await whileHeld(stage, numberOf('lstat of .mondoo.*.yml'), ({ temporaryPath }) => {
      theirs = temporaryPath;
      unlinkSync(theirs);
      writeFileSync(theirs, 'theirs');
    });
    expect(step.outputs.status).toBe('runner-error');
    expect(step.outputs.error).toMatch(
      /was removed or replaced before the step could rename it to `mondoo\.yml`/,
    );
    expect(existsSync(defaultPath(job))).toBe(false);
    await job.runPost(step);
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
  });

  test('another file in place of mondoo.yml is left alone', async ({ stage }) => {
    const { job, step } = await whileHeld(stage, numberOf('lstat of mondoo.yml'), ({ path: configPath }) =>
      writeFileSync(configPath, 'theirs'),
    );
    expect(step.outputs.error).toMatch(/mondoo\.yml` exists already, and this action didn't write it/);
    await job.runPost(step);
    expect(readFileSync(defaultPath(job), 'utf8')).toBe('theirs');
  });

  test.skipIf(process.platform === 'win32')(
    'a link at the temporary name is not followed',
    async ({ stage }) => {
      let victim = '';
      const { step } = await whileHeld(stage, numberOf('open of .mondoo.*.yml'), ({ temporaryPath }) => {
        victim = path.join(path.dirname(temporaryPath), '..', 'victim');
        writeFileSync(victim, 'theirs');
        symlinkSync(victim, temporaryPath);
      });
      expect(step.outputs.error).toMatch(/could not write `mondoo\.yml` to .* \(EEXIST\)/);
      expect(readFileSync(victim, 'utf8')).toBe('theirs');
    },
  );
});

test.for<[string, string, (folder: string) => void]>([
  ['that another job creates at the same moment is used', 'mkdir of mondoo', mkdirSync],
  [
    'that the post step of another job removes at the same moment is created again',
    'open of .mondoo.*.yml',
    rmdirSync,
  ],
])('a folder %s', async ([, operation, act], { stage }) => {
  const { job, step } = await whileHeld(stage, numberOf(operation), ({ path: configPath }) =>
    act(path.dirname(configPath)),
  );
  expect(step.outputs.status, step.log).toBe('ok');
  await job.runPost(step);
  expect(existsSync(path.dirname(defaultPath(job)))).toBe(false);
});

test('a disk error on closing the file does not prevent its removal', async ({ stage }) => {
  stage.platform.revoke(stage.credentials.mrn);
  const inputs = await inputsOf('credentials', stage);
  const job = await stage.job();
  const record = path.join(job.folders.home, 'record');
  await job.runMain({ inputs, env: withDiskRecord(record) });
  const at = readRecord(record).findIndex(({ name }) => name === 'close') + 1;
  expect(at).toBeGreaterThan(0);
  const step = await job.runMain({ inputs, env: withDiskEvent({ at, event: 'EIO' }) });
  expect(step.outputs.status).toBe('unauthenticated');
  expect(step.annotations).toHaveLength(1);
  expect(existsSync(path.dirname(defaultPath(job)))).toBe(false);
});

test('a client that can neither be unregistered nor saved for post is named, and its key removed', async ({
  stage,
}) => {
  const { operations } = STEPS.find(({ method }) => method === 'registration-token')!;
  // After the key file and the client's name, it saves the minted client.
  const [, minted] = operations.filter(([name]) => name.includes('save_state'))[2]!;
  const { platform } = stage;
  platform.fault('AgentManager/UnRegisterAgent', { kind: 'error', code: 7, message: 'denied' });
  const job = await stage.job();
  putTheirs(job);
  const inputs = await inputsOf('registration-token', stage);
  const step = await job.runMain({ inputs, env: withDiskEvent({ at: minted, event: 'EIO' }) });
  expect(step.log).not.toContain('the post step tries again');
  expect(step.annotations[0]).toEqual({
    level: 'warning',
    message: expect.stringContaining(platform.clients[0]!.mrn),
  });
  expect(existsSync(path.dirname(defaultPath(job)))).toBe(false);
  const post = await job.runPost(step);
  expect(post.annotations).toEqual([]);
});

function defaultPath({ folders }: Job): string {
  return path.join(folders.temp, '_github_home', '.config', 'mondoo', 'mondoo.yml');
}

/**
 * Whether a step tolerates the failure: looking for folders that exist, writing the summary, and removing something
 * from the state are optional.
 */
function isDispensable(operations: [string, number][], name: string, at: number): boolean {
  if (/save_state|step_summary/.test(name)) return true;
  const [next] = operations.find(([later, number]) => number > at && /save_state|open/.test(later)) ?? [];
  return name.startsWith('lstat') && Boolean(next?.includes('save_state'));
}

describe.for(STEPS)(`a bad disk (${DRAWN})`, ({ method, operations, postOperations }) => {
  describe.concurrent(`that fails once in a step with ${method}: an error reports it, and nothing is left`, () => {
    test.for(drawn(operations, SOME))('%s (%d)', async ([name, at], { stage }) => {
      const job = await stage.job();
      const { home } = putTheirs(job);
      const inputs = await inputsOf(method, stage);
      const step = await job.runMain({ inputs, env: withDiskEvent({ at, event: 'EIO' }) });
      if (step.exitCode === 0) {
        expect(isDispensable(operations, name, at)).toBe(true);
        expect(step.outputs.status).toBe('ok');
      } else {
        expect(step.exitCode).toBe(1);
        expect(step.annotations).toEqual([
          { level: 'error', title: expect.any(String), message: expect.stringContaining('(EIO)') },
        ]);
        expect(step.log).not.toContain('a bug in the action');
        expect(readdirSync(home)).toEqual(['other']);
        if (method === 'registration-token') expect(stage.platform.clients).toEqual([]);
      }
      const post = await job.runPost(step);
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
      expect(readdirSync(home)).toEqual(['other']);
      if (method === 'registration-token') expect(stage.platform.clients).toEqual([]);
    });
  });

  // The real error: it names no file.
  describe.runIf(process.platform === 'linux').concurrent(`that is full, with ${method}`, () => {
    test.for(['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV'])('if %s is on it', async (name, { stage }) => {
      const job = await stage.job();
      const { home } = putTheirs(job);
      const inputs = await inputsOf(method, stage);
      const step = await job.runMain({ inputs, launcher: ['env', `${name}=/dev/full`] });
      expect(step.exitCode).toBe(1);
      expect(step.annotations).toEqual([
        { level: 'error', title: expect.any(String), message: expect.stringContaining('(ENOSPC)') },
      ]);
      expect(step.env.MONDOO_CONFIG_PATH).toBeUndefined();
      if (name !== 'GITHUB_OUTPUT')
        expect(step.outputs).toMatchObject({ status: 'runner-error', registered: 'false' });
      expect(step.outputs['config-path'] ?? '').toBe('');
      expect(step.outputs['client-mrn'] ?? '').toBe('');
      expect(step.summary).not.toContain('✅');
      expect(readdirSync(home)).toEqual(['other']);
      if (method === 'registration-token') expect(stage.platform.clients).toEqual([]);
    });
  });

  describe.concurrent(`that fails once in the post step of a step with ${method}: a warning names what is left`, () => {
    test.for(drawn(postOperations, SOME))('%s (%d)', async ([, at], { stage }) => {
      const job = await stage.job();
      const { home } = putTheirs(job);
      const step = await job.runMain({ inputs: await inputsOf(method, stage) });
      const post = await job.runPost(step, { env: withDiskEvent({ at, event: 'EIO' }) });
      expect(post.exitCode).toBe(0);
      const warnings = post.annotations.map(({ message }) => message).join('\n');
      for (const file of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
        if (file.endsWith('mondoo.yml')) expect(warnings).toContain(`${path.join(home, file)}\` (EIO`);
      }
      if (method === 'registration-token' && stage.platform.clients.length > 0) {
        expect(warnings).toContain(stage.platform.clients[0]!.mrn);
      }
    });
  });
});
