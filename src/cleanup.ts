import { info, warning } from '@actions/core';
import { type Removal, removeConfigFile } from './config/file.ts';
import { recallState } from './state.ts';
import { plainText } from './values/plain-text.ts';

const TOLD: Record<Removal, string> = {
  removed: 'Removed mondoo.yml',
  absent: 'There is no mondoo.yml to remove',
  foreign: 'Left mondoo.yml alone: it is not the file that this step wrote',
};

/** The post step: removes what the main step wrote, and nothing else. It never fails the job. */
export async function run(): Promise<void> {
  const state = recallState();
  if (!state) return info('There is nothing to clean up: the step ended before it prepared mondoo.yml.');
  try {
    info(plainText(`${TOLD[await removeConfigFile(state)]}: ${state.configPath}`, 1000));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const text = `mondoo.yml could not be removed from ${state.configPath} (${code}). It holds a private key: remove it.`;
    warning(plainText(text, 1000));
  }
}
