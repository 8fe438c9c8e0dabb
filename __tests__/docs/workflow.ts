import { readFileSync } from 'node:fs';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { parse } from 'yaml';

/** A step as a workflow writes it. */
export interface WorkflowStep {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
  'continue-on-error'?: boolean;
}

/** A job as a workflow writes it: with steps, or with a call of a reusable workflow. */
export interface WorkflowJob {
  needs?: string | string[];
  if?: string;
  container?: unknown;
  env?: Record<string, string>;
  outputs?: Record<string, string>;
  strategy?: { matrix: Record<string, string[]> };
  permissions?: Record<string, string>;
  /** Empty if the job calls a reusable workflow. */
  steps: WorkflowStep[];
  /** The reusable workflow, with what the job passes to it. */
  uses?: string;
  with?: Record<string, string | number | boolean>;
  secrets?: Record<string, string> | 'inherit';
}

/** A workflow as a page of the documentation shows it. */
export interface Workflow {
  name: string;
  on: string | string[] | Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, WorkflowJob>;
}

/** What a reusable workflow takes and returns: its `on.workflow_call`. */
export interface Interface {
  inputs: Record<string, { description: string; type: string; required?: boolean; default?: unknown }>;
  secrets: Record<string, { description: string; required?: boolean }>;
  outputs: Record<string, { description: string; value: string }>;
}

/** This action as the README uses it: `<owner>/register-cnspec@v1` until the release script writes owner and pin. */
export const ACTION = /uses: (\S+\/register-cnspec@\S+)/.exec(
  readFileSync(new URL('../../README.md', import.meta.url), 'utf8'),
)?.[1] as string;

/** The name of its reusable workflow there. */
export const GATE = ACTION.replace('@', '/.github/workflows/gate.yml@');

/** Reads a workflow. */
export function readWorkflow(text: string): Workflow {
  const workflow: Workflow = parse(text);
  for (const job of Object.values(workflow.jobs)) job.steps ??= [];
  return workflow;
}

/** Lists the events that trigger a workflow. */
export function eventsOf({ on }: Workflow): string[] {
  return typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
}

/** Reads what a reusable workflow takes and returns. */
export function interfaceOf({ on }: Workflow): Interface {
  const { workflow_call: call } = on as { workflow_call: Partial<Interface> };
  return { inputs: {}, secrets: {}, outputs: {}, ...call };
}

/** The values that expressions are about, by context: `secrets`, `steps`, ... */
export type Contexts = Record<string, unknown>;

/** How it stands with what came before a step or a job. */
export type Standing = 'success' | 'failure' | 'skipped';

/** Puts values in the place of the expressions of a text. */
export function fillIn(text: string | number | boolean, contexts: Contexts): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression) =>
    evaluate(expression, contexts).coerceString(),
  );
}

/** Decides whether a step or a job runs: after a failure only if its condition has a function such as `always()`. */
export function applies(condition: string | undefined, contexts: Contexts, standing: Standing): boolean {
  const own = (condition ?? 'success()').replace(/^\$\{\{(.*)\}\}$/s, '$1');
  const full = /\b(?:always|success|failure|cancelled)\s*\(/.test(own) ? own : `success() && (${own})`;
  const { value } = evaluate(full, contexts, standing) as { value?: unknown };
  return value !== undefined && value !== false && value !== '' && value !== 0;
}

function evaluate(expression: string, contexts: Contexts, standing?: Standing): data.ExpressionData {
  const status = standing === undefined ? [] : statusFunctions(standing);
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), status).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, values, new Map(status.map((one) => [one.name, one]))).evaluate();
}

function statusFunctions(standing: Standing) {
  const results = {
    always: true,
    success: standing === 'success',
    failure: standing === 'failure',
    cancelled: false,
  };
  return Object.entries(results).map(([name, result]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(result),
  }));
}
