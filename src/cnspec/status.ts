import { formatDuration } from '../util/duration.ts';
import { ActionError } from '../util/errors.ts';
import { lastLine } from './redact.ts';
import { type ProcessResult, run, type SpawnOptions } from './run.ts';
import { type CnspecStatus, readProvidersOutput, readStatusOutput } from './status-output.ts';
import { isVersion } from './version.ts';

/** What cnspec says about a mondoo.yml. */
export interface CnspecAnswer extends CnspecStatus {
  /** Whether the platform accepted its ping. */
  authenticated: boolean;
}

/** Runs `cnspec status` on a mondoo.yml. @throws ActionError `cnspec-failed` if it gives no usable answer */
export async function askStatus(executable: string, configPath: string, options: SpawnOptions): Promise<CnspecAnswer> {
  const result = await run(executable, ['status', '--config', configPath, '-o', 'json'], options);
  const { end, stdout } = result;
  const status = end.kind === 'exit' && readStatusOutput(stdout);
  if (!status) throw noAnswer(executable, 'status', result);
  return { ...status, authenticated: status.registered && !status.pingFailed && end.code === 0 };
}

/** Runs `cnspec version`; undefined if it names none. @throws ActionError `cnspec-failed` if it doesn't exit */
export async function askVersion(executable: string, options: SpawnOptions): Promise<string | undefined> {
  const result = await run(executable, ['version'], options);
  if (result.end.kind !== 'exit') throw noAnswer(executable, 'version', result);
  const version = /^\s*cnspec\s+v?(\S+)/m.exec(result.stdout)?.[1];
  return isVersion(version) ? version : undefined;
}

/** Runs `cnspec providers list`; an empty list if that fails. */
export async function askProviders(executable: string, options: SpawnOptions): Promise<string[]> {
  const { end, stdout, stderr } = await run(executable, ['providers', 'list'], options);
  return end.kind === 'exit' && end.code === 0 ? readProvidersOutput(`${stdout}\n${stderr}`) : [];
}

function noAnswer(executable: string, question: string, { end, stdout, stderr }: ProcessResult): ActionError {
  const last = lastLine(stderr) || (end.kind === 'exit' ? '' : lastLine(stdout));
  const quote = last && ` The last that it wrote: "${last}".`;
  const asked = `when it was asked for its ${question}`;
  const fail = (
    problem: string,
    remedy = 'Run `cnspec status` in a step of its own and see what it says, and install another version with the input cnspec-version.',
  ) => new ActionError('cnspec-failed', `cnspec at ${executable} ${problem}${quote}`, remedy);
  switch (end.kind) {
    case 'exit': {
      const bytes = Buffer.byteLength(stdout);
      const said = stdout.trim()
        ? `gave an answer that holds no ${question} (${bytes} bytes)`
        : `said nothing ${asked}`;
      return fail(`${said}, and ended with exit code ${end.code}.`);
    }
    case 'signal':
      return fail(`crashed ${asked} (${end.signal}).`);
    case 'timeout':
      return fail(
        `did not answer ${asked}. The time of the step was up after ${formatDuration(Math.round(end.after))}; it was ended with all that it had started.`,
        'See whether `cnspec status` ends in a step of its own: it waits for hosts that cannot be reached. Or set the input timeout to more.',
      );
    case 'flood':
      return fail(`wrote more than 1 MiB ${asked}, and was ended.`);
    case 'not started':
      return fail(
        `could not be started (${end.code}).`,
        'It may have been built for another kind of machine, or may not be executed by this user. Install another one with the input cnspec-version.',
      );
  }
}
