import { ActionError } from '../errors.ts';
import { formatDuration } from '../values/duration.ts';
import { providersIn } from './providers.ts';
import { lastLine } from './quotable.ts';
import { type Ran, run, type Surroundings } from './run.ts';
import { type CnspecStatus, readStatusOutput } from './status-output.ts';
import { isVersion } from './version.ts';

/** What cnspec says of itself and of a mondoo.yml. */
export interface CnspecAnswer extends CnspecStatus {
  /** Whether the platform accepted its ping. */
  authenticated: boolean;
  /** Whether it said nothing at all, as some versions do when the platform refuses them. */
  silent: boolean;
}

/** A cnspec on this machine. */
export class Cnspec {
  readonly executable: string;
  private readonly surroundings: Surroundings;

  constructor(executable: string, surroundings: Surroundings) {
    this.executable = executable;
    this.surroundings = surroundings;
  }

  /**
   * Asks for its status.
   * @param configPath of the mondoo.yml that it is about
   * @throws ActionError `cnspec-failed` when it gives no usable answer
   */
  async status(configPath: string): Promise<CnspecAnswer> {
    const ran = await this.run(['status', '--config', configPath, '-o', 'json']);
    const { end, stdout } = ran;
    if (end.kind === 'exit') {
      const status = readStatusOutput(stdout);
      if (status) {
        const authenticated = status.registered && !status.pingFailed && end.code === 0;
        return { ...status, authenticated, silent: false };
      }
      if (end.code === 1 && stdout.trim() === '') {
        const version = await this.version();
        if (version !== undefined && saysNothingWhenRefused(version)) return silentRefusal(version);
      }
    }
    throw this.noAnswer(ran);
  }

  /** Asks for its version; nothing where it does not tell. */
  async version(): Promise<string | undefined> {
    const { stdout } = await this.run(['version']);
    const version = /^\s*cnspec\s+v?(\S+)/m.exec(stdout)?.[1];
    return isVersion(version) ? version : undefined;
  }

  /** Asks for the names of its installed providers; none where it does not tell. */
  async providers(): Promise<string[]> {
    const { end, stdout, stderr } = await this.run(['providers', 'list']);
    return end.kind === 'exit' && end.code === 0 ? providersIn(`${stdout}\n${stderr}`) : [];
  }

  private run(args: string[]): Promise<Ran> {
    return run(this.executable, args, this.surroundings);
  }

  private noAnswer({ end, stdout, stderr }: Ran): ActionError {
    const last = lastLine(stderr) || (end.kind === 'exit' ? '' : lastLine(stdout));
    const words = last && ` The last that it wrote: "${last}".`;
    const fail = (what: string, remedy: string) =>
      new ActionError('cnspec-failed', `cnspec at ${this.executable} ${what}${words}`, remedy);
    const TRY = `Run \`cnspec status\` in a step of its own and see what it says, and install another version with the input cnspec-version.`;
    switch (end.kind) {
      case 'exit':
        return fail(
          stdout.trim() === ''
            ? `said nothing when it was asked for its status, and ended with exit code ${end.code}.`
            : `gave an answer that holds no status (${Buffer.byteLength(stdout)} bytes), and ended with exit code ${end.code}.`,
          TRY,
        );
      case 'signal':
        return fail(`crashed when it was asked for its status (${end.signal}).`, TRY);
      case 'timeout':
        return fail(
          `did not answer when it was asked for its status. The time of the step was up after ${formatDuration(Math.round(end.after))}; it was ended with all that it had started.`,
          'See whether `cnspec status` ends in a step of its own: it waits for hosts that cannot be reached. Or set the input timeout to more.',
        );
      case 'flood':
        return fail(
          `wrote more than ${end.limit / 1024 / 1024} MiB when it was asked for its status, and was ended.`,
          TRY,
        );
      case 'not started':
        return fail(
          `could not be started (${end.code}).`,
          'It may have been built for another kind of machine, or may not be executed by this user. Install another one with the input cnspec-version.',
        );
    }
  }
}

function silentRefusal(version: string): CnspecAnswer {
  return {
    version,
    latestVersion: undefined,
    build: undefined,
    registered: true,
    pingFailed: true,
    serviceAccount: undefined,
    endpoint: undefined,
    updatesUrl: undefined,
    providersUrl: undefined,
    warnings: [],
    authenticated: false,
    silent: true,
  };
}

/** Versions 9.0 to 11.28 print nothing when the platform refuses them. */
function saysNothingWhenRefused(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined) return false;
  return (Number(major) >= 9 && Number(major) <= 10) || (Number(major) === 11 && Number(minor) <= 28);
}
