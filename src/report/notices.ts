import { info, warning } from '@actions/core';
import { describeProgress, type Progress } from '../cnspec/progress.ts';
import { RemainsError } from '../config/file.ts';
import { CallError } from '../platform/call-error.ts';
import type { Observation } from '../platform/observe.ts';
import type { Retry } from '../platform/retry.ts';
import { formatDuration } from '../values/duration.ts';
import type { Mrn } from '../values/mrn.ts';
import { plainText } from '../values/plain-text.ts';

/** Tells of a try that failed and is followed by another, in one line of the log. */
export function tellRetry({ error, failed, delay }: Retry): void {
  const line = `! ${error.method} failed: ${error.message}; try ${failed + 1} follows in ${formatDuration(delay)}`;
  info(plainText(line, 1000));
}

/** Warns when the platform answered, but did not tell its time. */
export function warnOfUnknownClock({ health }: Observation): void {
  if (health instanceof CallError || health.time !== undefined) return;
  warning('The clock of this machine could not be checked: Mondoo Platform did not tell its time.');
}

/** Warns of a key that goes where a workflow takes its images, caches and artifacts from. */
export function warnOfWorkspace(): void {
  warning(
    'The input config-path puts mondoo.yml into the workspace: its private key can end up in an image, a cache, an artifact or a commit. Choose a place outside of it, or leave config-path out.',
  );
}

/** Warns of a variable of the environment that wins over a key of mondoo.yml. */
export function warnOfOverride(name: string): void {
  warning(
    `The environment variable ${plainText(name)} is set: in the steps that follow cnspec lets it win over what mondoo.yml says.`,
  );
}

/** Says under which name to look for a client that nobody can unregister any more, should the step be killed now. */
export function tellRegistration(name: string): void {
  const lost = 'should the step be killed before that ends, look for it in the space';
  info(plainText(`→ registering the client "${name}" by the registration token; ${lost}`, 1000));
}

/** Tells of a client that could not be unregistered for now. */
export function tellPostponed(clientMrn: Mrn, reason: string): void {
  const line = `! the client ${clientMrn} could not be unregistered: ${reason}; the post step tries again, and removes its key`;
  info(plainText(line, 1000));
}

/** Warns of a client that may have been minted for this job: the step was ended before it had the answer. */
export function warnOfExpectedClient(name: string): void {
  warning(
    `The step was ended while it registered a client by the registration token. If the space's list in the Mondoo Console has a client named "${plainText(name, 300)}" that no other job is using now, remove it there.`,
  );
}

/** Warns of a client that was minted for this job and stays although the job is over. */
export function warnOfLostClient(clientMrn: Mrn, reason: string): void {
  warning(
    plainText(
      `The client ${clientMrn} that this job registered could not be unregistered: ${reason}. Remove it in the Mondoo Console.`,
      1000,
    ),
  );
}

/** Warns of files of the step that could not be taken away; any other error is passed on. */
export function warnOfRemains(error: unknown): void {
  if (!(error instanceof RemainsError)) throw error;
  const files = error.remains.map(({ file, code }) => `${file} (${code})`).join(' and ');
  warning(
    plainText(
      `What the step had written could not be removed: ${files}. It may hold a private key: remove it.`,
      1000,
    ),
  );
}

/** Tells where cnspec comes from, before it does. */
export function tellDownload(version: string, url: URL): void {
  info(plainText(`→ downloading cnspec ${version} from ${url.href}`, 1000));
}

/** Tells how far the download of cnspec has come, and how long it took. */
export function tellProgress(progress: Progress): void {
  info(`→ ${progress.complete ? 'downloaded' : 'still downloading:'} ${describeProgress(progress)}`);
}

/** Tells where the cnspec lies that was asked for. */
export function tellInstalled({
  version,
  folder,
  cached,
}: {
  version: string;
  folder: string;
  cached: boolean;
}): void {
  info(
    plainText(
      `→ cnspec ${version} is ${cached ? 'in the tool cache already' : 'installed'}: ${folder}`,
      1000,
    ),
  );
}

/** Tells which cnspec has to agree. */
export function tellQuestion(executable: string): void {
  info(plainText(`→ asking cnspec at ${executable} for its status`, 1000));
}

/** Says why a cnspec that is there is not asked. */
export function tellUnasked(executable: string): void {
  info(
    plainText(
      `! cnspec at ${executable} lies inside the workspace, so it is not asked: verify-with-cnspec: true would do it`,
      1000,
    ),
  );
}
