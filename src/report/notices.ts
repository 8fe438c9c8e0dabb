import type { Retry } from '../platform/retry.ts';
import { formatDuration } from '../util/duration.ts';
import type { Mrn } from '../util/mrn.ts';
import { codeSpan } from '../util/text.ts';

/** Logs each retry of a call. */
export const logRetries = (job: { log(line: string): void }) => (retry: Retry) => job.log(notices.retry(retry));

/** Lines of the log and warnings, besides the status. */
export const notices = {
  retry: ({ error, failed, delay }: Retry) =>
    `! ${error.method} failed: ${error.message}. Attempt ${failed + 1} follows in ${formatDuration(Math.round(delay))}`,
  unknownClock: "The runner's clock could not be checked: Mondoo Platform did not report its time.",
  inWorkspace: (configPath: string | undefined) =>
    `${configPath ? 'The input `config-path`' : 'The temporary folder of the CI'} puts \`mondoo.yml\` into the workspace. Its private key can end up in an image, a cache, an artifact or a commit. Set \`config-path\` to a path outside the workspace.`,
  override: (variable: string) =>
    `The environment variable ${codeSpan(variable)} is set. In later steps, cnspec uses it instead of the value in \`mondoo.yml\`. Remove the variable if that is not intended.`,
  emptyProxy: (variable: string) =>
    `The environment variable \`${variable}\` is set but empty. In later steps, cnspec may take that for a proxy and fail to connect. Remove the variable where it is set.`,
  replacedAccount: (file: string, before: string, now: Mrn) =>
    `This step replaced the service account in ${codeSpan(file)}. It was ${codeSpan(before, 200)}, now it is \`${now}\`.`,
  exchanged: (validity: string) => `→ exchanged the ID token of this run for a service account${validity}`,
  minting: (client: string) =>
    `→ registering the client ${codeSpan(client)} with the registration token. If the step is killed now, look for this client in the Mondoo Console`,
  unregistered: (client: Mrn) => `→ unregistered the client ${client}`,
  postponed: (client: Mrn, reason: string) =>
    `! the client ${client} could not be unregistered: ${reason}. The cleanup after the job retries, and removes its key`,
  cancelled: (signal: string, client: Mrn | undefined) =>
    `→ the job was cancelled (${signal})${client ? `. The cleanup after the job unregisters the client ${client} and removes its key` : ''}`,
  pendingClient: (name: string) =>
    `The step ended while it registered a client with the registration token. If the space's list of clients in the Mondoo Console has a client named ${codeSpan(name)} that no other job uses, remove it there.`,
  lostClient: (client: Mrn, reason: string) =>
    `The client \`${client}\`, which this job registered, could not be unregistered: ${reason}. Remove the client in the Mondoo Console.`,
};
