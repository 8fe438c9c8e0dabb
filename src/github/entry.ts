import { error, warning } from '@actions/core';
import { describeCrash } from '../util/errors.ts';

/**
 * Runs an entry point to the end of its process. Nothing ever goes to stderr, which the runner may show before a mask
 * takes effect: Node's own warnings are dropped, and a crash is reported on stdout.
 * @param run resolves to whether it passed
 * @param onCrash whether a crash fails the job, or is a warning only
 */
export async function runEntry(run: () => Promise<boolean>, onCrash: 'fail' | 'warn'): Promise<void> {
  const crash = (cause: unknown) => {
    const report = onCrash === 'fail' ? error : warning;
    report(describeCrash(cause), { title: 'register-cnspec crashed' });
    if (onCrash === 'fail') process.exitCode = 1;
  };
  process.removeAllListeners('warning');
  process.on('uncaughtException', crash);
  // If the runner closes the pipe, finish anyway.
  process.stdout.on('error', () => {});
  const passed = await run().catch(crash);
  if (passed === false) process.exitCode = 1;
  // Exit now: a pending DNS lookup keeps Node alive.
  process.stdout.write('', () => process.exit());
}
