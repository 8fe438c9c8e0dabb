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
import { takeStarted, WRITE_DOWN, watchArguments } from './process-arguments.ts';
import { type Environment, merge, runnerEnvironment } from './runner-environment.ts';
import { createSandbox, removeSandbox, type Sandbox } from './sandbox.ts';
import { SecretMasker } from './secret-masker.ts';
import { type Annotation, StepLog } from './step-log.ts';

export type { Environment } from './runner-environment.ts';
export type { Sandbox } from './sandbox.ts';
export type { Annotation } from './step-log.ts';

/** What a job is. */
export interface JobOptions {
  /** The job's `env:`, and what the runner itself would set; an undefined variable is taken away. */
  env?: Environment;
  /** The payload of the event. */
  event?: object;
  eventName?: string;
  /**
   * Makes it a job with `container:`, whose steps see the job's folders in other places, and HOME at /github/home.
   * Only where `hasContainers` says that there can be one.
   */
  container?: boolean;
  /** The folder of action.yml; this repository's when it is left out. */
  action?: string;
  /** Files from before the job, by their paths relative to RUNNER_TEMP. */
  files?: Record<string, string>;
  /** Writes down what each program is called with that a step starts, however briefly it runs; that takes time. */
  writeDownPrograms?: boolean;
}

/** What a step of a job is. */
export interface StepOptions {
  /** The step's `with:`. */
  inputs?: Record<string, string>;
  /** The step's `env:`; an undefined variable is taken away. */
  env?: Environment;
  /** How long it may run before it is killed, in milliseconds: long enough that only a step that hangs exceeds it. */
  timeoutMs?: number;
  /** Kills it at once when it aborts, as no runner would ask it to end: with SIGKILL. */
  kill?: AbortSignal;
  /** Cancels it when it aborts, as a runner does: SIGINT, then SIGTERM, then SIGKILL; or by SIGTERM from the start. */
  cancel?: AbortSignal;
  cancelBy?: 'SIGINT' | 'SIGTERM';
  /** A program and its arguments that start Node in the runner's place, with Node and the script behind them. */
  launcher?: string[];
}

/** A step that has ended. */
export interface Step {
  /** Nothing where a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  durationMs: number;
  /** As the step wrote it. */
  stdout: string;
  stderr: string;
  /**
   * What it and all that it started were called with, as everybody on the machine can see it: the programs that it
   * started itself, and on Linux most of those that they started.
   */
  arguments: string[];
  /** As the runner shows it: commands carried out, masks applied. */
  log: string;
  /** What is masked in the job by now, each line of it too. */
  masks: string[];
  /** With masks applied. */
  annotations: Annotation[];
  outputs: Record<string, string>;
  /** What it set for later steps. */
  env: Record<string, string>;
  /** What it put in front of PATH for later steps. */
  path: string[];
  /** What it left for its own post step. */
  state: Record<string, string>;
  /** Markdown, as the step wrote it. */
  summary: string;
  /** The `with:` it had. */
  inputs: Record<string, string>;
}

/** A job on a runner. What a step sets by GITHUB_ENV and GITHUB_PATH, and its masks, hold for the steps after it. */
export interface Job {
  /** Where they are on the host. */
  readonly folders: Sandbox;
  /** Where the host has a file that a step names: somewhere else in a container job. */
  onHost(file: string): string;
  /** Runs the action. */
  runMain(options?: StepOptions): Promise<Step>;
  /** Runs the action's post step, with the state of its main step, and its inputs unless there are others. */
  runPost(main: Step, options?: StepOptions): Promise<Step>;
  /**
   * Runs a step of the workflow's own.
   * @param script an ES module for Node
   */
  runScript(script: string, options?: Omit<StepOptions, 'inputs'>): Promise<Step>;
  /** Removes the job's folders. */
  dispose(): Promise<void>;
}

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

/** Starts a job for an action on a runner that has nothing but Node. */
export async function createJob(options: JobOptions = {}): Promise<Job> {
  const {
    env: jobEnv = {},
    event = PUSH.event,
    eventName = PUSH.eventName,
    container: inContainer = false,
    action = REPOSITORY,
    files = {},
    writeDownPrograms = false,
  } = options;
  const definition = await readActionDefinition(action);
  const folders = await createSandbox(event, inContainer);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folders.temp, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const container = inContainer ? await createContainer(folders) : undefined;
  /** Files of the host, as the steps see them. */
  const seen = <Files extends object>(files: Files): Files =>
    Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, container?.inside(file) ?? file]),
    ) as Files;
  const runnerEnv = runnerEnvironment(seen(folders), { eventName, event });
  runnerEnv.PATH = await pathWithoutCnspec(runnerEnv.PATH ?? '', path.join(folders.root, 'path'));
  const masker = new SecretMasker();
  /** What the steps so far have set. */
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
    if (writeDownPrograms) env.STARTED_PROGRAMS = started;
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
        ...(writeDownPrograms ? WRITE_DOWN : []),
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

/** Creates the files that a step hands its results over in; they are read whatever became of the step. */
async function createCommandFiles(folder: string) {
  const create = async (prefix: string) => {
    const file = path.join(folder, `${prefix}_${randomUUID()}`);
    await writeFile(file, '');
    // Where a step runs as another user than this process, the folder is that user's already.
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
  /** Takes the lines of both streams, as they come. */
  onLine(line: string): void;
}

/** The signals by which a runner cancels a step, and when each comes, in milliseconds. */
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

/** Acts when a signal aborts; at once where it has already, as it tells that to nobody who comes later. */
function onAbort(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true });
}
