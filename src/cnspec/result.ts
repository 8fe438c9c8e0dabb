import { ActionError } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import type { CnspecAnswer } from './status.ts';

export interface CnspecResult {
  version?: string;
  /** The newest release, if the releases host named it. */
  latestVersion?: string;
  answer?: CnspecAnswer;
  providers?: string[];
  failure?: ActionError | undefined;
}

export interface CnspecContext {
  /** The environment of the job; `environmentForCnspec` chooses what child processes get of it. */
  env: NodeJS.ProcessEnv;
  workspace: string;
  temp: string | undefined;
  toolCache: string | undefined;
  /** Ends child processes and downloads. */
  signal: AbortSignal;
  /** Gets one line of plain text. */
  log(line: string): void;
}

/** @param cause a sentence */
export function notInstalled(cause: string, remedy: string, evidence?: string): ActionError {
  return new ActionError('cnspec-failed', plainText(`cnspec could not be installed. ${cause}`, 1500), remedy, evidence);
}
