import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readActionDefinition } from './action-definition.ts';
import { parseCommandFile } from './command-files.ts';
import { createContainer } from './container.ts';
import { PUSH } from './events.ts';
import { pathWithoutCnspec } from './host-path.ts';
import { LineSplitter } from './line-splitter.ts';
import { RECORD_PROGRAMS, takeStarted, watchArguments } from './process-arguments.ts';
import { type Environment, merge, runnerEnvironment } from './runner-environment.ts';
import { createSandbox, removeSandbox, type Sandbox } from './sandbox.ts';
import { SecretMasker } from './secret-masker.ts';
import { type Annotation, StepLog } from './step-log.ts';

export type { Environment } from './runner-environment.ts';
export type { Sandbox } from './sandbox.ts';
export type { Annotation } from './step-log.ts';

export interface JobOptions {
  /** The job's `env:`, and variables of the runner; undefined removes one. */
  env?: Environment;
  event?: object;
  eventName?: string;
  /** A job with `container:`. Check `hasContainers` first. */
  container?: boolean;
  /** The folder of action.yml. Default: this repository. */
  action?: string;
  /** Files from before the job, by their paths relative to RUNNER_TEMP. */
  files?: Record<string, string>;
  /** Records the arguments of every program that a step starts, which is slow. */
  recordPrograms?: boolean;
}

export interface StepOptions {
  /** The step's `with:`. */
  inputs?: Record<string, string>;
  /** The step's `env:`; undefined removes a variable. */
  env?: Environment;
  /** Kills the step after this time, in milliseconds. Only a hanging step should reach it. */
  timeoutMs?: number;
  kill?: AbortSignal;
  /** Cancels as a runner does: SIGINT, then SIGTERM, then SIGKILL. `cancelBy` chooses the first signal. */
  cancel?: AbortSignal;
  cancelBy?: 'SIGINT' | 'SIGTERM';
  /** A command prefix that starts Node. */
  launcher?: string[];
}

export interface Step {
  /** Null if a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  durationMs: number;
  stdout: string;
  stderr: string;
  /** Arguments of all started programs, because every user can read them. On Linux, also of most of their children. */
  arguments: string[];
  /** As the runner shows it, with masks applied. */
  log: string;
  /** All masks of the job so far, and each line of them. */
  masks: string[];
  annotations: Annotation[];
  outputs: Record<string, string>;
  env: Record<string, string>;
  /** Prepended to PATH for later steps. */
  path: string[];
  state: Record<string, string>;
  summary: string;
  inputs: Record<string, string>;
}

/** A job on a runner. GITHUB_ENV, GITHUB_PATH and masks of a step apply to the next steps. */
export interface Job {
  /** Paths on the host. */
  readonly folders: Sandbox;
  /** The path on the host for a path in a step. */
  onHost(file: string): string;
  runMain(options?: StepOptions): Promise<Step>;
  /** Runs the post step with the state of the main step; default inputs: those of the main step. */
  runPost(main: Step, options?: StepOptions): Promise<Step>;
  runScript(script: string, options?: Omit<StepOptions, 'inputs'>): Promise<Step>;
  dispose(): Promise<void>;
}

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

export async function createJob(options: JobOptions = {}): Promise<Job> {
  const {
    env: jobEnv = {},
    event = PUSH.event,
    eventName = PUSH.eventName,
    container: inContainer = false,
    action = REPOSITORY,
    files = {},
    recordPrograms = false,
  } = options;
  const definition = await readActionDefinition(action);
  const folders = await createSandbox(event, inContainer);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folders.temp, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const container = inContainer ? await createContainer(folders) : undefined;
  /** Paths of the host as the steps see them. */
  const seen = <Files extends object>(files: Files): Files =>
    Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, container?.inside(file) ?? file]),
    ) as Files;
  const runnerEnv = runnerEnvironment(seen(folders), { eventName, event });
  runnerEnv.PATH = await pathWithoutCnspec(runnerEnv.PATH ?? '', path.join(folders.root, 'path'));
  const masker = new SecretMasker();
  const stepsEnv: Record<string, string> = {};
  const stepsPath: string[] = [];

  async function runStep(script: string, kind: Partial<Environment>, options: StepOptions): Promise<Step> {
    const {
      inputs = {},
      env: stepEnv = {},
      timeoutMs = 110_000,
      kill,
      cancel,
      cancelBy = 'SIGINT',
      launcher = [],
    } = options;
    const files = await createCommandFiles(folders.commandFiles);
    const env = merge(runnerEnv, jobEnv, stepsEnv, stepEnv, kind, seen(files.variables));
    const started = path.join(folders.root, `started-${randomUUID()}`);
    if (recordPrograms) env.STARTED_PROGRAMS = started;
    env.PATH = [...stepsPath, env.PATH].join(path.delimiter);

    const log = new StepLog(masker, { debug: env.RUNNER_DEBUG === '1' });
    for (const name of Object.keys(inputs)) {
      if (definition.inputs.has(name)) continue;
      const valid = [...definition.inputs.keys()].map((input) => `'${input}'`).join(', ');
      log.annotate('warning', `Unexpected input(s) '${name}', valid inputs are [${valid}]`);
    }
    const ended = await runNode({
      cwd: folders.workspace,
      env,
      timeoutMs,
      kill,
      cancel,
      cancelBy,
      command: [
        ...(container?.launcher ?? []),
        ...launcher,
        process.execPath,
        ...(recordPrograms ? RECORD_PROGRAMS : []),
        script,
      ],
      onLine: (line) => log.take(line),
    });

    const written = await files.read();
    const paths = written.path.split(/\r?\n/).filter((line) => line !== '');
    Object.assign(stepsEnv, written.env);
    for (const folder of paths) stepsPath.unshift(folder);
    return {
      ...ended,
      arguments: [...ended.arguments, ...takeStarted(started)],
      log: log.text,
      masks: [...masker.secrets],
      annotations: log.annotations,
      outputs: { ...log.outputs, ...written.output },
      env: written.env,
      path: paths,
      state: { ...log.state, ...written.state },
      summary: written.summary,
      inputs,
    };
  }

  function inputVariables(inputs: Record<string, string> = {}): Environment {
    const values = new Map([...definition.inputs, ...Object.entries(inputs)]);
    return Object.fromEntries(
      [...values].map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value ?? '']),
    );
  }

  return {
    folders,
    onHost: (file) => container?.onHost(file) ?? file,
    runMain: (options = {}) => runStep(definition.main, inputVariables(options.inputs), options),
    runPost: (main, { inputs = main.inputs, ...options } = {}) => {
      if (definition.post === undefined) throw new Error('The action has no post step.');
      const state = Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value] as const);
      const variables = { ...inputVariables(inputs), ...Object.fromEntries(state) };
      return runStep(definition.post, variables, { inputs, ...options });
    },
    runScript: async (script, options = {}) => {
      const file = path.join(folders.temp, `${randomUUID()}.mjs`);
      await writeFile(file, script);
      return runStep(file, {}, options);
    },
    dispose: () => removeSandbox(folders),
  };
}

async function createCommandFiles(folder: string) {
  const create = async (prefix: string) => {
    const file = path.join(folder, `${prefix}_${randomUUID()}`);
    await writeFile(file, '');
    // If the step runs as another user, that user owns the folder.
    const { uid, gid } = await stat(folder);
    if (process.getuid?.() === 0) await chown(file, uid, gid);
    return file;
  };
  const variables = {
    GITHUB_ENV: await create('set_env'),
    GITHUB_OUTPUT: await create('set_output'),
    GITHUB_PATH: await create('add_path'),
    GITHUB_STATE: await create('save_state'),
    GITHUB_STEP_SUMMARY: await create('step_summary'),
  };
  const text = (file: string) => readFile(file, 'utf8');
  const read = async () => {
    const env = parseCommandFile(await text(variables.GITHUB_ENV));
    if ('NODE_OPTIONS' in env) throw new Error("Can't store NODE_OPTIONS in GITHUB_ENV.");
    return {
      env,
      output: parseCommandFile(await text(variables.GITHUB_OUTPUT)),
      path: await text(variables.GITHUB_PATH),
      state: parseCommandFile(await text(variables.GITHUB_STATE)),
      summary: await text(variables.GITHUB_STEP_SUMMARY),
    };
  };
  return { variables, read };
}

interface NodeRun {
  cwd: string;
  env: Record<string, string>;
  timeoutMs: number;
  kill: AbortSignal | undefined;
  cancel: AbortSignal | undefined;
  cancelBy: NodeJS.Signals;
  command: string[];
  /** For both streams. */
  onLine(line: string): void;
}

/** The signals of a cancellation, and their times in milliseconds. */
const CANCELLATION: [NodeJS.Signals, number][] = [
  ['SIGINT', 0],
  ['SIGTERM', 7500],
  ['SIGKILL', 10_000],
];

type EndedProcess = Pick<Step, 'exitCode' | 'signal' | 'durationMs' | 'stdout' | 'stderr' | 'arguments'>;

function runNode({
  command,
  cwd,
  env,
  timeoutMs,
  kill,
  cancel,
  cancelBy,
  onLine,
}: NodeRun): Promise<EndedProcess> {
  const startedAt = performance.now();
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  onAbort(kill, () => child.kill('SIGKILL'));
  const seenArguments = watchArguments(child.pid);
  const escalation: NodeJS.Timeout[] = [];
  onAbort(cancel, () => {
    const start = CANCELLATION.findIndex(([signal]) => signal === cancelBy);
    const [, begun] = CANCELLATION[start]!;
    for (const [signal, after] of CANCELLATION.slice(start)) {
      escalation.push(setTimeout(() => child.kill(signal), after - begun));
    }
  });
  child.on('exit', () => escalation.forEach(clearTimeout));
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const name of ['stdout', 'stderr'] as const) {
    const splitter = new LineSplitter(onLine);
    child[name].on('data', (chunk: Buffer) => {
      written[name].push(chunk);
      splitter.push(chunk);
    });
    child[name].on('end', () => splitter.end());
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) =>
      resolve({
        exitCode,
        signal,
        durationMs: performance.now() - startedAt,
        arguments: seenArguments(),
        stdout: Buffer.concat(written.stdout).toString('utf8'),
        stderr: Buffer.concat(written.stderr).toString('utf8'),
      }),
    );
  });
}

/** Also acts if the signal has already aborted. */
function onAbort(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true });
}
