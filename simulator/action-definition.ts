import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

/** What the runner needs to know of an action. */
export interface ActionDefinition {
  /** Absolute. */
  main: string;
  /** Absolute; nothing where the action has no post step. */
  post: string | undefined;
  /** Every input, with its default where it has one. */
  inputs: ReadonlyMap<string, string | undefined>;
}

/**
 * Reads the action.yml of a JavaScript action.
 * @param folder the one that holds it
 */
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
