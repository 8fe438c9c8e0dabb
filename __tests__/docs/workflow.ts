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
}

/** A job as a workflow writes it. */
export interface WorkflowJob {
  needs?: string;
  if?: string;
  container?: unknown;
  outputs?: Record<string, string>;
  strategy?: { matrix: Record<string, string[]> };
  permissions?: Record<string, string>;
  steps: WorkflowStep[];
}

/** A workflow as a page of the documentation shows it. */
export interface Workflow {
  name: string;
  on: string | string[] | Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, WorkflowJob>;
}

/** This action as the README uses it: `<owner>/register-cnspec@v1` until the release script writes owner and pin. */
export const ACTION = /uses: (\S+\/register-cnspec@\S+)/.exec(
  readFileSync(new URL('../../README.md', import.meta.url), 'utf8'),
)?.[1] as string;

/** Reads a workflow. */
export function readWorkflow(text: string): Workflow {
  return parse(text);
}

/** Lists the events that trigger a workflow. */
export function eventsOf({ on }: Workflow): string[] {
  return typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
}

/** The values that expressions are about, by context: `secrets`, `steps`, ... */
export type Contexts = Record<string, unknown>;

/** Puts values in the place of the expressions of a text. */
export function fillIn(text: string, contexts: Contexts): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression) =>
    evaluate(expression, contexts).coerceString(),
  );
}

/** Decides whether a step or a job runs. */
export function applies(condition: string | undefined, contexts: Contexts): boolean {
  if (condition === undefined) return true;
  const { value } = evaluate(condition, contexts) as { value?: unknown };
  return value === true;
}

function evaluate(expression: string, contexts: Contexts): data.ExpressionData {
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), []).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, values).evaluate();
}
