import { ActionError } from '../util/errors.ts';
import { lastLine } from './redact.ts';
import { describeExit, type ExitStatus, type ProcessResult, run, type SpawnOptions } from './run.ts';
import { type CnspecStatus, readProvidersOutput, readStatusOutput, readVersionOutput } from './status-output.ts';

/** With `authenticated`: whether the platform accepted its ping. */
export type CnspecAnswer = CnspecStatus & { authenticated: boolean };

/** Runs `cnspec status` on a mondoo.yml. @throws ActionError `cnspec-failed` if it gives no valid response */
export async function askStatus(executable: string, configPath: string, options: SpawnOptions): Promise<CnspecAnswer> {
  const result = await run(executable, ['status', '--config', configPath, '-o', 'json'], options);
  const { end, stdout } = result;
  const status = end.kind === 'exit' && readStatusOutput(stdout);
  if (!status) throw noOutput(executable, 'status', result);
  return { ...status, authenticated: status.registered && !status.pingFailed && end.code === 0 };
}

/** Runs `cnspec version`; undefined if it names none. @throws ActionError `cnspec-failed` if it doesn't exit */
export async function askVersion(executable: string, options: SpawnOptions): Promise<string | undefined> {
  const result = await run(executable, ['version'], options);
  if (result.end.kind !== 'exit') throw noOutput(executable, 'version', result);
  return readVersionOutput(result.stdout);
}

/** Runs `cnspec providers list`; an empty list if that fails. */
export async function askProviders(executable: string, options: SpawnOptions): Promise<string[]> {
  const { end, stdout, stderr } = await run(executable, ['providers', 'list'], options);
  return end.kind === 'exit' && end.code === 0 ? readProvidersOutput(`${stdout}\n${stderr}`) : [];
}

const REMEDIES: Partial<Record<ExitStatus['kind'], string>> = {
  timeout:
    "cnspec waits for hosts that it can't reach. Run `cnspec status` in a step of its own to see which, or increase the input `timeout`.",
  'not started':
    "The program may be built for another OS or architecture, or the runner's user isn't allowed to execute it. Set the input `cnspec-version` to install another one.",
};

function noOutput(executable: string, command: string, { end, stdout, stderr }: ProcessResult): ActionError {
  const printed = stdout.trim() ? `no ${command} (${Buffer.byteLength(stdout)} bytes)` : `no ${command}`;
  const problem = end.kind === 'exit' ? `printed ${printed} and ${describeExit(end)}` : describeExit(end);
  const last = lastLine(stderr) || (end.kind === 'exit' ? '' : lastLine(stdout));
  return new ActionError(
    'cnspec-failed',
    `\`cnspec ${command}\` at \`${executable}\` ${problem}.`,
    REMEDIES[end.kind] ??
      'Run `cnspec status` in a step of its own to see what it prints. Or set the input `cnspec-version` to another version.',
    last && `Last line of its output: "${last}"`,
  );
}
