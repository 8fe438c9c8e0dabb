import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Stage } from '../scenarios/stage.ts';
import { Artifacts } from './artifacts.ts';
import {
  type Circumstances,
  type EndedJob,
  filled,
  githubContext,
  type RanStep,
  runJob,
} from './job-runner.ts';
import {
  applies,
  type Contexts,
  GATE,
  interfaceOf,
  readWorkflow,
  type Standing,
  type Workflow,
  type WorkflowJob,
} from './workflow.ts';

export interface RanWorkflow {
  steps: RanStep[];
  /** Jobs that failed; one of a called workflow as `<caller> / <job>`. */
  failed: string[];
  /** The names of the artifacts. */
  artifacts: string[];
}

/** A workflow, or one that it calls. */
interface Call {
  workflow: Workflow;
  /** Printed before the job names, as in the list of checks. */
  prefix: string;
  secrets: Record<string, string>;
  inputs: Record<string, unknown>;
  /** The maximum permissions. */
  permissions: Record<string, string>;
}

/** Runs the jobs of a workflow one after the other, in the order of `needs`, including those of called workflows. */
export async function runWorkflow(
  stage: Stage,
  workflow: Workflow,
  circumstances: Circumstances,
): Promise<RanWorkflow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'artifacts-'));
  const artifacts = new Artifacts(folder);
  const ran: RanWorkflow = { steps: [], failed: [], artifacts: [] };
  const { secrets, vars = {} } = circumstances;
  const permissions = workflow.permissions ?? {};
  try {
    await runJobs({ workflow, prefix: '', secrets, inputs: {}, permissions });
    ran.artifacts = await artifacts.names();
  } finally {
    await rm(folder, { recursive: true });
  }
  return ran;

  async function runJobs(call: Call): Promise<Record<string, EndedJob>> {
    const ended: Record<string, EndedJob> = {};
    for (const [name, job] of inOrder(call.workflow)) {
      const needed = needsOf(job);
      const needs = Object.fromEntries(needed.map((one) => [one, ended[one]]));
      const permissions = job.permissions ?? call.permissions;
      const github = githubContext(circumstances.event, name, permissions);
      const contexts = { secrets: call.secrets, vars, inputs: call.inputs, needs, github };
      ended[name] = applies(job.if, contexts, standingOf(Object.values(needs) as EndedJob[]))
        ? await runLegs(name, job, { ...call, permissions }, contexts)
        : { result: 'skipped', outputs: {} };
    }
    return ended;
  }

  async function runLegs(name: string, job: WorkflowJob, call: Call, given: Contexts): Promise<EndedJob> {
    const legs: EndedJob[] = [];
    for (const matrix of legsOf(job)) {
      const contexts = { ...given, matrix };
      const { permissions } = call;
      const leg =
        job.uses === undefined
          ? await runJob(stage, { name, job, permissions, contexts }, circumstances, {
              artifacts,
              ran: ran.steps,
            })
          : await runCalled(name, job, call, contexts);
      legs.push(leg);
      if (leg.result === 'failure' && job.uses === undefined) ran.failed.push(`${call.prefix}${name}`);
    }
    // The last matrix job that sets an output wins.
    return { result: standingOf(legs), outputs: Object.assign({}, ...legs.map(({ outputs }) => outputs)) };
  }

  /** Runs a reusable workflow with only the secrets and inputs that the job passes. */
  async function runCalled(
    name: string,
    job: WorkflowJob,
    call: Call,
    contexts: Contexts,
  ): Promise<EndedJob> {
    const workflow = await readReusable(job.uses);
    const { inputs: declared, secrets: known, outputs } = interfaceOf(workflow);
    const passed = filled(job.with, contexts);
    const secrets = job.secrets === 'inherit' ? call.secrets : filled(job.secrets, contexts);
    rejectUndeclared(passed, declared);
    if (job.secrets !== 'inherit') rejectUndeclared(secrets, known);
    const defaults = Object.entries(declared).map(([input, { type, default: value }]) => [
      input,
      value ?? (type === 'string' ? '' : undefined),
    ]);
    const ended = await runJobs({
      workflow,
      prefix: `${call.prefix}${name} / `,
      secrets,
      inputs: { ...Object.fromEntries(defaults), ...passed },
      permissions: call.permissions,
    });
    const values = Object.entries(outputs).map(([output, { value }]) => [output, value]);
    return {
      result: standingOf(Object.values(ended)),
      outputs: filled(Object.fromEntries(values), { jobs: ended }),
    };
  }
}

/** Reads this repository's reusable workflow, the only one. */
export async function readReusable(uses: string | undefined): Promise<Workflow> {
  if (uses !== GATE) throw new Error(`There is no reusable workflow ${uses}.`);
  return readWorkflow(await readFile(new URL('../../.github/workflows/gate.yml', import.meta.url), 'utf8'));
}

/** GitHub doesn't start a run whose call passes undeclared inputs or secrets. */
function rejectUndeclared(passed: object, declared: object): void {
  const unknown = Object.keys(passed).filter((name) => !(name in declared));
  if (unknown.length > 0) throw new Error(`The reusable workflow doesn't declare ${unknown.join(', ')}.`);
}

/** Sorts the jobs so that each follows those it needs. */
function inOrder({ jobs }: Workflow): [string, WorkflowJob][] {
  const ordered = new Map<string, WorkflowJob>();
  const add = (name: string) => {
    const job = jobs[name];
    if (!job) throw new Error(`There is no job ${name}.`);
    for (const needed of needsOf(job)) add(needed);
    ordered.set(name, job);
  };
  for (const name of Object.keys(jobs)) add(name);
  return [...ordered];
}

function needsOf({ needs = [] }: WorkflowJob): string[] {
  return [needs].flat();
}

function standingOf(jobs: EndedJob[]): Standing {
  const results = jobs.map(({ result }) => result);
  return (['failure', 'skipped'] as const).find((result) => results.includes(result)) ?? 'success';
}

/** The combinations of a one-dimensional matrix; one empty combination without a matrix. */
function legsOf({ strategy }: WorkflowJob): Record<string, string>[] {
  const [dimension] = Object.entries(strategy?.matrix ?? {});
  return dimension ? dimension[1].map((value) => ({ [dimension[0]]: value })) : [{}];
}
