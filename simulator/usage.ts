import { isMisspelling } from '../src/util/misspelling.ts';
import { findScenario, type Scenario, scenarios } from './scenarios.ts';

/** A command line that cannot be carried out. Its message says why. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Lists the scenarios, one per line. */
export function listScenarios(listed: readonly Scenario[] = scenarios): string {
  const width = Math.max(...listed.map(({ name }) => name.length));
  return listed.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join('\n');
}

/**
 * Finds the scenario that a command line asks for.
 * @throws UsageError when there is none of that name
 */
export function chooseScenario(name: string): Scenario {
  const scenario = findScenario(name);
  if (scenario) return scenario;
  const near = scenarios.find((known) => isMisspelling(name, known.name));
  const hint = near ? `Did you mean ${near.name}?` : 'See --help for all of them.';
  throw new UsageError(`There is no scenario "${name}". ${hint}`);
}

/**
 * Runs a command, and ends the process with 2 where its command line was wrong.
 * @param help the text that says how it is used
 */
export async function runCommand(command: () => Promise<void>, help: string): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof UsageError || isArgumentError(error))) throw error;
    // What is wrong stands last, where one looks.
    console.error(`${help}\n\n${error.message}`);
    process.exitCode = 2;
  }
}

/**
 * Refuses options that stand before the `--` of an npm command: npm takes them for its own and leaves them in the
 * environment. Of `--name=value` it keeps the value too, of `--name value` it hands that on.
 * @param command as it is typed
 * @throws UsageError that says what to type
 */
export function refuseOptionsOfNpm(
  command: string,
  options: Record<string, { type: 'string' | 'boolean' }>,
): void {
  const handedOn = process.argv.slice(2);
  const typed = Object.entries(options).flatMap(([name, { type }]) => {
    const taken = process.env[`npm_config_${name.replaceAll('-', '_')}`];
    if (!taken) return [];
    if (type === 'boolean') return [`--${name}`];
    if (taken !== 'true') return [`--${name} ${taken}`];
    // Of several values nobody knows which is whose.
    return [`--${name} ${handedOn.length === 1 ? handedOn[0] : '...'}`];
  });
  if (typed.length === 0) return;
  throw new UsageError(
    `npm took an option for its own, as no -- stands before it. Type this: ${command} -- ${typed.join(' ')}`,
  );
}

/** The errors of node:util's parseArgs. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
