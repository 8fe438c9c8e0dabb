import { readFileSync } from 'node:fs';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { parse } from 'yaml';

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

/** A job of a workflow file: with steps, or with a call of a reusable workflow. */
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
  /** The reusable workflow, with the inputs and secrets that the job passes. */
  uses?: string;
  with?: Record<string, string | number | boolean>;
  secrets?: Record<string, string> | 'inherit';
}

export interface Workflow {
  name: string;
  on: string | string[] | Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, WorkflowJob>;
}

/** The inputs, secrets and outputs of a reusable workflow: its `on.workflow_call`. */
export interface Interface {
  inputs: Record<string, { description: string; type: string; required?: boolean; default?: unknown }>;
  secrets: Record<string, { description: string; required?: boolean }>;
  outputs: Record<string, { description: string; value: string }>;
}

/** This action as in the README: `<owner>/register-cnspec@v1` until the release script writes owner and pin. */
export const ACTION = /uses: (\S+\/register-cnspec@\S+)/.exec(
  readFileSync(new URL('../../README.md', import.meta.url), 'utf8'),
)?.[1] as string;

/** The name of its reusable workflow. */
export const GATE = ACTION.replace('@', '/.github/workflows/gate.yml@');

export function readWorkflow(text: string): Workflow {
  const workflow: Workflow = parse(text);
  for (const job of Object.values(workflow.jobs)) job.steps ??= [];
  return workflow;
}

export function eventsOf({ on }: Workflow): string[] {
  return typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
}

export function interfaceOf({ on }: Workflow): Interface {
  const { workflow_call: call } = on as { workflow_call: Partial<Interface> };
  return { inputs: {}, secrets: {}, outputs: {}, ...call };
}

/** The values of expressions, by context: `secrets`, `steps`, ... */
export type Contexts = Record<string, unknown>;

/** The status of the previous steps or jobs. */
export type Standing = 'success' | 'failure' | 'skipped';

/** Replaces the expressions in a text by their values. */
export function fillIn(text: string | number | boolean, contexts: Contexts): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression) =>
    evaluate(expression, contexts).coerceString(),
  );
}

/** Evaluates the condition of a step or job: after a failure it needs a function such as `always()`. */
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
