import { setSecret } from '@actions/core';

/** Makes the runner hide secrets in everything that is printed from here on, until the job ends. */
export function mask(secrets: string[]): void {
  for (const secret of secrets) setSecret(secret);
}
