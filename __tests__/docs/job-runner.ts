import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasContainers } from '../../simulator/container.ts';
import type { Event } from '../../simulator/events.ts';
import { describeRun } from '../../simulator/run.ts';
import type { Job, Step } from '../../simulator/runner.ts';
import type { Stage } from '../scenarios/stage.ts';
import type { Artifacts } from './artifacts.ts';
import { ACTION, applies, type Contexts, fillIn, type Standing, type WorkflowJob } from './workflow.ts';

/** The environment of a workflow. */
export interface Circumstances {
  event: Event;
  secrets: Record<string, string>;
  /** Configuration variables of the repository or its organization. */
  vars?: Record<string, string>;
  /** The releases host for cnspec, instead of Mondoo's. */
  updatesUrl: string;
  /** The source of ID tokens for jobs with `id-token: write`. */
  idTokens?: Record<string, string>;
  /** More programs for scripts: source text by name. */
  programs?: Record<string, string>;
  /** Called after each step. */
  afterStep?: (step: RanStep) => void | Promise<void>;
}

export interface RanStep {
  job: string;
  /** Its name, its id, its action or its script. */
  what: string;
  /** The step, if it ran this action or a script; other actions are only counted. */
  step?: Step;
}

/** One job of a matrix, or a job without one. */
export interface Leg {
  name: string;
  job: WorkflowJob;
  permissions: Record<string, string>;
  /** All contexts except the steps and the job itself: secrets, vars, matrix, needs, inputs, github. */
  contexts: Contexts;
}

/** The result of a job. A failed job has outputs too. */
export interface EndedJob {
  result: Standing;
  outputs: Record<string, string>;
}

/** Programs that the documented scripts call. Each records its arguments; cnspec needs a readable config file. */
const PROGRAMS: Record<string, string> = {
  curl: '#!/usr/bin/env bash\necho "curl $*" >&2; echo "echo installed"\n',
  cnspec: '#!/usr/bin/env bash\ntest -r "$MONDOO_CONFIG_PATH" && echo "cnspec $*"\n',
};

/** Runs the steps of a job: this action from `dist`, scripts in bash. */
export async function runJob(
  stage: Stage,
  { name, job, permissions, contexts: given }: Leg,
  { event, updatesUrl, idTokens, programs, afterStep }: Circumstances,
  { artifacts, ran }: { artifacts: Artifacts; ran: RanStep[] },
): Promise<EndedJob> {
  const ofJob = filled(job.env, given);
  const tokens = permissions['id-token'] === 'write' ? idTokens : {};
  // Without support for container jobs, scripts run on the host.
  const container = job.container !== undefined && hasContainers();
  const env = { ...event.env, ...tokens, ...ofJob, GITHUB_JOB: name };
  const running = await stage.job({ ...event, env, container });
  const folder = await layPrograms(running, { ...PROGRAMS, ...programs });
  const steps: Record<string, { outputs: Record<string, string>; outcome: string; conclusion: string }> = {};
  const contexts = { ...given, steps, env: ofJob, runner: { temp: running.folders.temp } };
  const posts: Step[] = [];
  let standing: Standing = 'success';

  for (const step of job.steps) {
    const { id, name: title, uses, run, with: inputs, env: own } = step;
    if (!applies(step.if, contexts, standing)) {
      if (id !== undefined) steps[id] = { outputs: {}, outcome: 'skipped', conclusion: 'skipped' };
      continue;
    }
    const record: RanStep = { job: name, what: title ?? id ?? uses ?? run ?? '' };
    if (uses !== undefined && uses !== ACTION) record.what = title ?? uses;
    ran.push(record);
    if (uses === ACTION) {
      const passed = filled(inputs, contexts);
      const installs = passed['cnspec-version'] && !passed['updates-url'];
      record.step = await running.runMain({
        inputs: { ...passed, ...(installs && { 'updates-url': updatesUrl }) },
        env: filled(own, contexts),
      });
      posts.push(record.step);
    } else if (run !== undefined) {
      const PATH = [folder, process.env.PATH].join(path.delimiter);
      record.step = await running.runScript(inBash(fillIn(run, contexts)), {
        env: { ...filled(own, contexts), PATH },
      });
    } else {
      await artifacts.act(uses ?? '', filled(inputs, contexts), running.folders.workspace);
    }
    const outcome = (record.step?.exitCode ?? 0) === 0 ? 'success' : 'failure';
    const conclusion = step['continue-on-error'] ? 'success' : outcome;
    if (id !== undefined) steps[id] = { outputs: record.step?.outputs ?? {}, outcome, conclusion };
    if (conclusion === 'failure') standing = 'failure';
    await afterStep?.(record);
  }
  for (const main of posts.reverse()) await running.runPost(main);
  return { result: standing, outputs: filled(job.outputs, contexts) };
}

/** The contexts of the run, and the token that determines its permissions. */
export function githubContext(
  event: Event,
  name: string,
  permissions: Record<string, string>,
): Record<string, unknown> {
  const run = describeRun(event);
  return {
    repository: run.GITHUB_REPOSITORY,
    repository_owner: run.GITHUB_REPOSITORY_OWNER,
    event_name: event.eventName,
    ref: run.GITHUB_REF,
    sha: run.GITHUB_SHA,
    run_id: run.GITHUB_RUN_ID,
    run_attempt: run.GITHUB_RUN_ATTEMPT,
    server_url: run.GITHUB_SERVER_URL,
    workflow: run.GITHUB_WORKFLOW,
    job: name,
    token: `token for ${JSON.stringify(permissions)}`,
  };
}

/** Evaluates the expressions in each value. */
export function filled(
  texts: Record<string, string | number | boolean> = {},
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillIn(text, contexts)]));
}

function inBash(script: string): string {
  const options = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  return `import { spawnSync } from 'node:child_process';
const { status } = spawnSync('bash', ${JSON.stringify(options)}, { stdio: 'inherit' });
process.exitCode = status ?? 1;`;
}

async function layPrograms({ folders }: Job, programs: Record<string, string>): Promise<string> {
  const folder = path.join(folders.root, 'programs');
  await mkdir(folder);
  for (const [name, text] of Object.entries(programs)) {
    const file = path.join(folder, name);
    await writeFile(file, text);
    await chmod(file, 0o755);
  }
  return folder;
}
