import { isMisspelling } from '../src/util/misspelling.ts';
import { findScenario, type Scenario, scenarios } from './scenarios.ts';

/** Has a one-line message. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export function listScenarios(listed: readonly Scenario[] = scenarios): string {
  const width = Math.max(...listed.map(({ name }) => name.length));
  return listed.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join('\n');
}

export function chooseScenario(name: string): Scenario {
  const scenario = findScenario(name);
  if (scenario) return scenario;
  const near = scenarios.find((known) => isMisspelling(name, known.name));
  throw new UsageError(`There is no scenario "${name}".${near ? ` Did you mean "${near.name}"?` : ''}`);
}

/**
 * Runs a command. On a UsageError, prints one line with a hint at `--help` and exits 2.
 * @param command as a person types it
 */
export async function runCommand(command: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UsageError || isArgumentError(error))) throw error;
    // Node adds lines of advice to some messages.
    const [message = ''] = error.message.split('\n', 1);
    console.error(`${message.replace(/[.?!]?$/, (end) => end || '.')} For help: ${command} -- --help`);
    process.exitCode = 2;
  }
}

/**
 * Rejects options before the `--` of an npm command: npm takes them as its own and leaves them in the environment.
 * Of `--name=value` it also keeps the value; of `--name value` it passes the value on.
 */
export function refuseOptionsOfNpm(
  command: string,
  options: Record<string, { type: 'string' | 'boolean' }>,
): void {
  const passedOn = process.argv.slice(2);
  const typed = Object.entries(options).flatMap(([name, { type }]) => {
    const taken = process.env[`npm_config_${name.replaceAll('-', '_')}`];
    if (!taken) return [];
    if (type === 'boolean') return [`--${name}`];
    if (taken !== 'true') return [`--${name} ${taken}`];
    // Several values can't be assigned to their options.
    return [`--${name} ${passedOn.length === 1 ? passedOn[0] : '...'}`];
  });
  if (typed.length === 0) return;
  throw new UsageError(`Options need \`--\` before them. Run: ${command} -- ${typed.join(' ')}.`);
}

function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
