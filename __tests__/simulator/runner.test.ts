import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasContainers } from '../../simulator/container.ts';
import { PULL_REQUEST_IN_FORK } from '../../simulator/events.ts';
import { createJob, type Job, type JobOptions, type Step } from '../../simulator/runner.ts';

/** A step that tells its environment in its outputs. */
const TELL = `
  import { appendFileSync, readFileSync } from 'node:fs';
  const tell = (file, name, value) => appendFileSync(process.env[file], name + '<<END_OF_VALUE\\n' + value + '\\nEND_OF_VALUE\\n');
`;

let folder: string;
const jobs: Job[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'fake-action-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const job of jobs.splice(0)) await job.dispose();
  await rm(folder, { recursive: true });
});

/** Writes an action and starts a job for it. */
async function start(
  main: string,
  { post = '', ...options }: JobOptions & { post?: string } = {},
): Promise<Job> {
  const definition = `
    inputs:
      api-endpoint: { description: none }
      timeout: { default: 2m }
      register: { default: true }
    runs: { using: node24, main: main.mjs, post: post.mjs }
  `;
  await writeFile(path.join(folder, 'action.yml'), definition);
  await writeFile(path.join(folder, 'main.mjs'), TELL + main);
  await writeFile(path.join(folder, 'post.mjs'), TELL + post);
  const job = await createJob({ action: folder, ...options });
  jobs.push(job);
  return job;
}

/** Has a step tell some variables of its environment. */
const tellEnv = (...names: string[]) =>
  names.map((name) => `tell('GITHUB_OUTPUT', '${name}', process.env['${name}'] ?? 'unset');`).join('\n');

const script = (job: Job, ...names: string[]): Promise<Step> => job.runScript(TELL + tellEnv(...names));

describe('a step', () => {
  test('finds what is on PATH, but for a cnspec of the host', async () => {
    const host = path.join(folder, 'bin');
    await mkdir(host);
    for (const name of ['cnspec', 'cnspec.exe', 'other']) {
      await writeFile(path.join(host, name), '#!/bin/sh\n', { mode: 0o755 });
    }
    vi.stubEnv('PATH', [host, process.env.PATH].join(path.delimiter));
    const job = await start('');
    const { outputs } = await job.runScript(`${TELL}
      import { existsSync } from 'node:fs';
      import path from 'node:path';
      const found = (name) => process.env.PATH.split(path.delimiter).some((at) => existsSync(path.join(at, name)));
      for (const name of ['cnspec', 'cnspec.exe', 'other']) tell('GITHUB_OUTPUT', name, found(name));`);
    const other = String(process.platform !== 'win32');
    expect(outputs).toEqual({ cnspec: 'false', 'cnspec.exe': 'false', other });
  });

  test('gets its inputs, with the defaults of action.yml', async () => {
    const job = await start(tellEnv('INPUT_API-ENDPOINT', 'INPUT_TIMEOUT', 'INPUT_REGISTER'));
    const { outputs, annotations } = await job.runMain({ inputs: { timeout: '3s' } });
    expect(outputs).toEqual({ 'INPUT_API-ENDPOINT': '', INPUT_TIMEOUT: '3s', INPUT_REGISTER: 'true' });
    expect(annotations).toEqual([]);
  });

  test('is warned about an input that the action does not have, and gets it', async () => {
    const job = await start(tellEnv('INPUT_TIME_OUT'));
    const { outputs, log } = await job.runMain({ inputs: { 'time out': '3s' } });
    expect(outputs).toEqual({ INPUT_TIME_OUT: '3s' });
    expect(log).toBe(
      "Warning: Unexpected input(s) 'time out', valid inputs are ['api-endpoint', 'timeout', 'register']\n",
    );
  });

  test('finds itself on a runner, and nothing of this machine', async () => {
    vi.stubEnv('MONDOO_CONFIG_BASE64', 'x');
    vi.stubEnv('GITHUB_TOKEN', 'x');
    vi.stubEnv('HTTPS_PROXY', 'http://proxy');
    const names = ['GITHUB_ACTIONS', 'CI', 'GITHUB_REPOSITORY', 'GITHUB_EVENT_NAME', 'HOME', 'RUNNER_TEMP'];
    const foreign = ['MONDOO_CONFIG_BASE64', 'GITHUB_TOKEN', 'HTTPS_PROXY'];
    const job = await start(`${tellEnv(...names, ...foreign)} tell('GITHUB_OUTPUT', 'cwd', process.cwd());`);
    const { outputs } = await job.runMain();
    expect(outputs).toEqual({
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      GITHUB_REPOSITORY: 'lunalectric/website',
      GITHUB_EVENT_NAME: 'push',
      HOME: path.join(job.folders.root, 'home'),
      RUNNER_TEMP: job.folders.temp,
      MONDOO_CONFIG_BASE64: 'unset',
      GITHUB_TOKEN: 'unset',
      HTTPS_PROXY: 'unset',
      cwd: job.folders.workspace,
    });
  });

  test('can read the event', async () => {
    const read = "tell('GITHUB_OUTPUT', 'event', readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'));";
    const job = await start(read + tellEnv('GITHUB_EVENT_NAME'), {
      eventName: 'pull_request',
      event: { number: 7 },
    });
    const { outputs } = await job.runMain();
    expect(JSON.parse(outputs.event ?? '')).toEqual({ number: 7 });
    expect(outputs.GITHUB_EVENT_NAME).toBe('pull_request');
  });

  test('finds itself in the run that the event set off', async () => {
    const names = ['GITHUB_REF', 'GITHUB_HEAD_REF', 'GITHUB_BASE_REF', 'GITHUB_REPOSITORY'];
    const tell = async (event: JobOptions) =>
      (await (await start(tellEnv(...names), event)).runMain()).outputs;
    expect(await tell(PULL_REQUEST_IN_FORK)).toEqual({
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_HEAD_REF: 'comets',
      GITHUB_BASE_REF: 'main',
      GITHUB_REPOSITORY: 'nebula/website',
    });
    expect(await tell({})).toEqual({
      GITHUB_REF: 'refs/heads/main',
      GITHUB_HEAD_REF: '',
      GITHUB_BASE_REF: '',
      GITHUB_REPOSITORY: 'lunalectric/website',
    });
  });

  test('finds the folders of the job in other places in a container job', async ({ skip }) => {
    skip(!hasContainers(), 'this user may not mount anything');
    const names = ['HOME', 'RUNNER_TEMP', 'RUNNER_TOOL_CACHE', 'GITHUB_WORKSPACE', 'GITHUB_EVENT_PATH'];
    const write = `import { writeFileSync } from 'node:fs';
      writeFileSync(process.env.HOME + '/file', readFileSync(process.env.GITHUB_EVENT_PATH));`;
    const job = await start(`${write}${tellEnv(...names)} tell('GITHUB_OUTPUT', 'cwd', process.cwd());`, {
      container: true,
    });
    const step = await job.runMain({ inputs: { timeout: '3s' } });
    expect(step, step.log).toMatchObject({ exitCode: 0, stderr: '' });
    expect(step.outputs).toEqual({
      HOME: '/github/home',
      RUNNER_TEMP: '/__w/_temp',
      RUNNER_TOOL_CACHE: '/__t',
      GITHUB_WORKSPACE: '/__w/website/website',
      GITHUB_EVENT_PATH: '/github/workflow/event.json',
      cwd: '/__w/website/website',
    });
    const file = path.join(job.folders.temp, '_github_home', 'file');
    expect(job.onHost('/github/home/file')).toBe(file);
    expect(readFileSync(file)).toEqual(readFileSync(job.folders.eventFile));
    // Nothing of it is left on the host, not even an empty folder in its root.
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(job.folders.root);
    expect(readdirSync(path.join(job.folders.root, 'container'))).toEqual([]);
    expect(existsSync('/github/home/file')).toBe(false);
  });

  test('is killed in a container job as in any other', async ({ skip }) => {
    skip(!hasContainers(), 'this user may not mount anything');
    const up = "import { writeFileSync } from 'node:fs'; writeFileSync(process.env.HOME + '/up', '');";
    const job = await start(`${up} setInterval(() => {}, 1000);`, { container: true });
    const kill = new AbortController();
    const running = job.runMain({ kill: kill.signal });
    while (!existsSync(path.join(job.folders.home, 'up'))) await sleep(20);
    kill.abort();
    expect(await running).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  test("has the step's own env above what steps set, and that above the job's", async () => {
    const set = `${['B', 'C'].map((name) => `tell('GITHUB_ENV', '${name}', 'steps');`).join('')}`;
    const job = await start(set, { env: { A: 'job', B: 'job', C: 'job', RUNNER_NAME: undefined } });
    await job.runMain();
    const names = ['A', 'B', 'C', 'RUNNER_NAME'];
    const { outputs } = await job.runScript(TELL + tellEnv(...names), { env: { C: 'step' } });
    expect(outputs).toEqual({ A: 'job', B: 'steps', C: 'step', RUNNER_NAME: 'unset' });
  });
});

describe('what a step leaves', () => {
  test('is there although it failed', async () => {
    const job = await start(`
      tell('GITHUB_OUTPUT', 'a', 'one\\ntwo');
      tell('GITHUB_ENV', 'B', '2');
      tell('GITHUB_STATE', 'c', '3');
      appendFileSync(process.env.GITHUB_PATH, '/first\\n/second\\n');
      appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# Summary\\n');
      console.log('out');
      console.error('err');
      process.exitCode = 3;
    `);
    const step = await job.runMain({ inputs: { timeout: '1s' } });
    expect(step).toMatchObject({
      exitCode: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      outputs: { a: 'one\ntwo' },
      env: { B: '2' },
      state: { c: '3' },
      path: ['/first', '/second'],
      summary: '# Summary\n',
      inputs: { timeout: '1s' },
    });
    expect(step.log.split('\n').sort()).toEqual(['', 'err', 'out']);
    expect(step.durationMs).toBeGreaterThan(1);

    const later = await script(job, 'B', 'PATH', 'STATE_c');
    expect(later.outputs).toMatchObject({ B: '2', STATE_c: 'unset' });
    expect(later.outputs.PATH?.split(path.delimiter).slice(0, 2)).toEqual(['/second', '/first']);
  });

  test('may not set NODE_OPTIONS for others', async () => {
    const job = await start("tell('GITHUB_ENV', 'NODE_OPTIONS', '--inspect');");
    await expect(job.runMain()).rejects.toThrow('NODE_OPTIONS');
  });

  test('masks hold for the steps after it', async () => {
    const job = await start("console.log('::add-mask::my-secret-value');");
    await job.runMain();
    const later = await job.runScript("console.log('a my-secret-value');");
    expect(later).toMatchObject({
      stdout: 'a my-secret-value\n',
      log: 'a ***\n',
      masks: ['my-secret-value'],
    });
  });
});

describe('the log', () => {
  test('shows debug lines with RUNNER_DEBUG only', async () => {
    const job = await start("console.log('::debug::detail');");
    expect((await job.runMain()).log).toBe('');
    expect((await job.runMain({ env: { RUNNER_DEBUG: '1' } })).log).toBe('##[debug]detail\n');
  });

  test('takes a lone CR for the end of a line, and commands of the old kind anywhere', async () => {
    const job = await start("process.stdout.write('branch \\r::error::one\\nbranch ##[error]two');");
    const { annotations, log } = await job.runMain();
    expect(annotations).toMatchObject([{ message: 'one' }, { message: 'two' }]);
    expect(log).toBe('branch \nError: one\nError: two\n');
  });
});

test('a step that takes too long is killed', async () => {
  const job = await start("tell('GITHUB_OUTPUT', 'a', '1'); setInterval(() => {}, 1000);");
  const step = await job.runMain({ timeoutMs: 1500 });
  expect(step).toMatchObject({ exitCode: null, signal: 'SIGKILL', outputs: { a: '1' } });
});

test('a step is killed at once where that is asked for', async () => {
  const job = await start("tell('GITHUB_OUTPUT', 'a', '1'); console.log('up'); setInterval(() => {}, 1000);");
  const kill = new AbortController();
  const running = job.runMain({ kill: kill.signal });
  setTimeout(() => kill.abort(), 1000);
  const step = await running;
  expect(step).toMatchObject({ exitCode: null, signal: 'SIGKILL', outputs: { a: '1' } });
  expect(step.durationMs).toBeLessThan(10_000);
});

test.each([
  ['kill', 'SIGKILL'],
  ['cancel', 'SIGINT'],
] as const)('a step that begins when %s has aborted already is ended all the same', async (how, signal) => {
  const job = await start('setInterval(() => {}, 1000);');
  const step = await job.runMain({ [how]: AbortSignal.abort(), timeoutMs: 20_000 });
  expect(step).toMatchObject({ exitCode: null, signal });
  expect(step.durationMs).toBeLessThan(10_000);
});

test('the post step has the state of its own main step, and its inputs unless there are others', async () => {
  const count = "tell('GITHUB_STATE', 'timeout', process.env.INPUT_TIMEOUT);";
  const job = await start(count, { post: tellEnv('STATE_timeout', 'INPUT_TIMEOUT') });
  const first = await job.runMain({ inputs: { timeout: '1s' } });
  const second = await job.runMain({ inputs: { timeout: '2s' } });
  const outputs = async (main: Step, options = {}) => (await job.runPost(main, options)).outputs;
  expect(await outputs(second)).toEqual({ STATE_timeout: '2s', INPUT_TIMEOUT: '2s' });
  expect(await outputs(first)).toEqual({ STATE_timeout: '1s', INPUT_TIMEOUT: '1s' });
  expect(await outputs(first, { inputs: {} })).toEqual({ STATE_timeout: '1s', INPUT_TIMEOUT: '2m' });
});

test('nothing of a job stays when it is disposed of', async () => {
  const job = await start("import fs from 'node:fs'; fs.writeFileSync(process.env.HOME + '/file', '');");
  await job.runMain();
  expect(existsSync(path.join(job.folders.home, 'file'))).toBe(true);
  await job.dispose();
  expect(existsSync(job.folders.root)).toBe(false);
});
