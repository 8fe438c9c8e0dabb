import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

export interface ActionDefinition {
  main: string;
  /** Absolute; undefined if the action has no post step. */
  post: string | undefined;
  /** With their defaults. */
  inputs: ReadonlyMap<string, string | undefined>;
}

export async function readActionDefinition(folder: string): Promise<ActionDefinition> {
  const definition = parse(await readFile(path.join(folder, 'action.yml'), 'utf8')) as {
    inputs?: Record<string, { default?: unknown }>;
    runs: { main: string; post?: string };
  };
  const { main, post } = definition.runs;
  const inputs = Object.entries(definition.inputs ?? {}).map(
    ([name, input]) => [name, input.default === undefined ? undefined : String(input.default)] as const,
  );
  return {
    main: path.resolve(folder, main),
    post: post === undefined ? undefined : path.resolve(folder, post),
    inputs: new Map(inputs),
  };
}
