import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasContainers } from '../../simulator/container.ts';
import type { Event } from '../../simulator/events.ts';
import { RUN } from '../../simulator/run.ts';
import type { Job, Step } from '../../simulator/runner.ts';
import type { Stage } from '../scenarios/stage.ts';
import { ACTION, applies, type Contexts, fillIn, type Workflow, type WorkflowJob } from './workflow.ts';

/** What a workflow meets. */
export interface Circumstances {
  event: Event;
  secrets: Record<string, string>;
  /** What cnspec is installed from, in the place of Mondoo's own host. */
  updatesUrl: string;
  /** Variables of the runner. */
  env?: Record<string, string>;
}

/** A step of a workflow that ran. */
export interface RanStep {
  job: string;
  /** Its name, its action or its script. */
  what: string;
  /** The step, where this action or a script was run; other actions are only counted. */
  step?: Step;
}

/** What came of a workflow. */
export interface RanWorkflow {
  steps: RanStep[];
  /** Jobs of which a step failed. */
  failed: string[];
}

/** Programs that scripts of the documentation call. Each says how it was called; cnspec needs a file it can read. */
const PROGRAMS: Record<string, string> = {
  curl: 'echo "curl $*" >&2; echo "echo installed"',
  cnspec: 'test -r "$MONDOO_CONFIG_PATH" && echo "cnspec $*"',
};

/** Runs the jobs of a workflow one after the other: this action from `dist`, scripts in bash. */
export async function runWorkflow(
  stage: Stage,
  workflow: Workflow,
  circumstances: Circumstances,
): Promise<RanWorkflow> {
  const ran: RanWorkflow = { steps: [], failed: [] };
  const needs: Record<string, { outputs: Record<string, string> }> = {};
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (job.needs !== undefined && needs[job.needs] === undefined) continue;
    if (!applies(job.if, { needs })) continue;
    for (const matrix of legsOf(job)) {
      const contexts = await runJob(stage, { name, job, matrix, needs }, circumstances, ran);
      if (!contexts) continue;
      const outputs = Object.entries(job.outputs ?? {});
      needs[name] = {
        outputs: Object.fromEntries(outputs.map(([output, text]) => [output, fillIn(text, contexts)])),
      };
    }
  }
  return ran;
}

/** The combinations of a matrix of one dimension; one that is empty where there is no matrix. */
function legsOf({ strategy }: WorkflowJob): Record<string, string>[] {
  const [dimension] = Object.entries(strategy?.matrix ?? {});
  return dimension ? dimension[1].map((value) => ({ [dimension[0]]: value })) : [{}];
}

interface Leg {
  name: string;
  job: WorkflowJob;
  matrix: Record<string, string>;
  needs: Contexts;
}

async function runJob(
  stage: Stage,
  { name, job, matrix, needs }: Leg,
  { event, secrets, updatesUrl, env }: Circumstances,
  ran: RanWorkflow,
): Promise<Contexts | undefined> {
  // Where there can be no container job, its scripts are run all the same.
  const container = job.container !== undefined && hasContainers();
  const running = await stage.job({ ...event, env: { ...event.env, ...env, GITHUB_JOB: name }, container });
  const folder = await layPrograms(running);
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  const github = { repository: RUN.GITHUB_REPOSITORY, job: name };
  const contexts = { secrets, steps, matrix, needs, github };
  const posts: Step[] = [];
  let failed = false;

  for (const { id, name: title, if: condition, uses, run, with: inputs = {}, env: own = {} } of job.steps) {
    if (!applies(condition, contexts)) continue;
    const record: RanStep = { job: name, what: title ?? uses ?? run ?? '' };
    ran.steps.push(record);
    if (uses === ACTION) {
      const given = filled(inputs, contexts);
      const installs = 'cnspec-version' in given && !('updates-url' in given);
      record.step = await running.runMain({
        inputs: { ...given, ...(installs && { 'updates-url': updatesUrl }) },
        env: filled(own, contexts),
      });
      posts.push(record.step);
    } else if (run !== undefined) {
      const PATH = [folder, process.env.PATH].join(path.delimiter);
      record.step = await running.runScript(inBash(fillIn(run, contexts)), {
        env: { ...filled(own, contexts), PATH },
      });
    }
    if (id !== undefined) steps[id] = { outputs: record.step?.outputs ?? {} };
    if (record.step && record.step.exitCode !== 0) {
      failed = true;
      break;
    }
  }
  for (const main of posts) await running.runPost(main);
  if (failed) ran.failed.push(name);
  return failed ? undefined : contexts;
}

function filled(texts: Record<string, string>, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillIn(text, contexts)]));
}

/** The way in which the runner calls bash. */
function inBash(script: string): string {
  const options = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  return `import { spawnSync } from 'node:child_process';
const { status } = spawnSync('bash', ${JSON.stringify(options)}, { stdio: 'inherit' });
process.exitCode = status ?? 1;`;
}

async function layPrograms({ folders }: Job): Promise<string> {
  const folder = path.join(folders.root, 'programs');
  await mkdir(folder);
  for (const [name, script] of Object.entries(PROGRAMS)) {
    const file = path.join(folder, name);
    await writeFile(file, `#!/usr/bin/env bash\n${script}\n`);
    await chmod(file, 0o755);
  }
  return folder;
}
