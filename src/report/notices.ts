import type { Retry } from '../platform/retry.ts';
import { formatDuration } from '../util/duration.ts';
import type { Mrn } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';

/** Lines of the log and warnings, besides the status. */
export const notices = {
  retry: ({ error, failed, delay }: Retry) =>
    `! ${error.method} failed: ${error.message}; try ${failed + 1} follows in ${formatDuration(delay)}`,
  unknownClock: 'The clock of this machine could not be checked: Mondoo Platform did not tell its time.',
  inWorkspace:
    'The input config-path puts mondoo.yml into the workspace: its private key can end up in an image, a cache, an artifact or a commit. Choose a place outside of it, or leave config-path out.',
  override: (variable: string) =>
    `The environment variable ${plainText(variable)} is set: in the steps that follow cnspec lets it win over what mondoo.yml says.`,
  replacedAccount: (file: string, before: string, now: Mrn) =>
    `mondoo.yml at ${file} held another service account, ${plainText(before, 200)}: from here on it is ${now}.`,
  exchanged: (validity: string) => `→ exchanged the ID token of this run for a service account${validity}`,
  minting: (client: string) =>
    `→ registering the client "${client}" by the registration token; should the step be killed before that ends, look for it in the space`,
  unregistered: (client: Mrn) => `→ unregistered the client ${client}`,
  postponed: (client: Mrn, reason: string) =>
    `! the client ${client} could not be unregistered: ${reason}; the post step tries again, and removes its key`,
  cancelled: (signal: string, client: Mrn | undefined) =>
    client === undefined
      ? `→ ended by ${signal}`
      : `→ ended by ${signal}: the post step unregisters the client ${client} and removes its key`,
  pendingClient: (name: string) =>
    `The step was ended while it registered a client by the registration token. If the space's list in the Mondoo Console has a client named "${plainText(name, 300)}" that no other job is using now, remove it there.`,
  lostClient: (client: Mrn, reason: string) =>
    `The client ${client} that this job registered could not be unregistered: ${reason}. Remove it in the Mondoo Console.`,
};
