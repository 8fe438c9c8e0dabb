import type { CleanupManifest, Remember } from './config/manifest.ts';
import type { IdTokens } from './credentials/external-account.ts';
import type { Inputs } from './inputs.ts';
import type { Deadline } from './platform/deadline.ts';
import type { Finding } from './status/finding.ts';
import type { Result } from './status/result.ts';
import type { Verdict } from './status/verdict.ts';
import type { ActionError } from './util/errors.ts';
import type { Host } from './util/host.ts';

/** The job was cancelled: the step reports nothing more. */
export class JobCancelled extends Error {
  readonly signalName: NodeJS.Signals;

  constructor(signalName: NodeJS.Signals) {
    super('the job was cancelled');
    this.name = 'JobCancelled';
    this.signalName = signalName;
  }
}

/** How long a cancelled job waits for critical work, in milliseconds. */
const GRACE = 800;

/** Aborts `over` when a signal cancels the job, and returns what runs critical work. */
export function watchSignals(over: AbortController): Job['critical'] {
  const grace = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Ignore repeated signals.
      if (over.signal.aborted) return;
      over.abort(new JobCancelled(signal));
      setTimeout(() => grace.abort(), GRACE).unref();
    });
  }
  return (work) => work(grace.signal);
}

/** What the core needs from the CI. */
export interface Job {
  readonly env: NodeJS.ProcessEnv;
  /** The folder that the job's code is checked out into, and folders that the CI provides. */
  readonly workspace: string;
  readonly temp: string | undefined;
  readonly toolCache: string | undefined;
  /** Where credentials come from, for people. */
  readonly credentialsPlace: string;
  /** The name of a client if the job gives none. */
  readonly defaultName: string;
  /** Shown on the platform: which run registered a client. */
  readonly labels: Record<string, string>;

  /** Aborts if the job is over; the reason says why. */
  readonly signal: AbortSignal;
  /** Looks whether the runner has moved on, and throws the reason if the job is over: JobCancelled or ActionError. */
  throwIfOver(): void;
  /** Returns an error if the runner has moved on without this step. */
  findSuperseded(): ActionError | undefined;
  /** Runs work that must not stop halfway: its signal aborts a moment after a cancel. */
  critical<T>(work: (grace: AbortSignal) => Promise<T>): Promise<T>;

  mask(secrets: string[]): void;
  log(line: string): void;
  warn(text: string): void;

  /** What the cleanup will know. */
  readonly manifest: CleanupManifest;
  remember: Remember;

  /** Whether later steps get mondoo.yml. Otherwise it is only for the comparison with cnspec. */
  readonly keepsConfig: boolean;
  /** Path to mondoo.yml without `config-path`. */
  defaultConfigPath(): string;
  explainMissingCredentials(onMissing: Inputs['onMissingCredentials']): Promise<ActionError>;
  /** @throws ActionError if the job gets no ID tokens */
  findIdTokens(onMissing: Inputs['onMissingCredentials']): Promise<IdTokens>;
  /**
   * Reports the outcome to people and to later steps. Synchronous, so that no signal interleaves.
   * @throws ActionError `runner-error` if that can't be done
   */
  report(result: Result, verdict: Verdict, wanted: { jobSummary: boolean }): void;
  reportFailure(failure: Finding, verdict: Verdict): void;
}

/** What each part of the work gets. */
export interface Work {
  inputs: Inputs;
  job: Job;
  deadline: Deadline;
  /** Undoes what was done so far. */
  rollback: AsyncDisposableStack;
  startedAt: Date;
  host: Host;
}
