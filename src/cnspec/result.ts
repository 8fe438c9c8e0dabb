import { ActionError } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import type { CnspecAnswer } from './status.ts';

/** What an installation or a comparison found out about the real cnspec. */
export interface CnspecResult {
  version?: string;
  /** The newest release, if the releases host named it. */
  latestVersion?: string;
  answer?: CnspecAnswer;
  providers?: string[];
  /** Why it couldn't be installed or asked, or how it differs from the step. */
  failure?: ActionError;
}

/** What the layer needs from outside. */
export interface CnspecContext {
  /** The environment of the job; `environmentForCnspec` chooses what child processes get of it. */
  env: NodeJS.ProcessEnv;
  workspace: string;
  temp: string | undefined;
  toolCache: string | undefined;
  /** Ends child processes and downloads. */
  signal: AbortSignal;
  /** Gets plain text, one line at a time. */
  log(line: string): void;
}

/** @param cause a sentence */
export function notInstalled(cause: string, remedy: string): ActionError {
  return new ActionError('cnspec-failed', plainText(`cnspec could not be installed. ${cause}`, 1500), remedy);
}
