import { error, warning } from '@actions/core';
import { endProcess } from './end-process.ts';

/**
 * Runs an entry so that nothing ever goes to stderr, which the runner may show before a mask takes effect.
 * Node's own warnings are dropped, and a crash is told on stdout.
 * @param onCrash whether a crash fails the job, or is a warning only
 */
export async function guarded(run: () => Promise<void>, onCrash: 'fail' | 'warn'): Promise<void> {
  const crash = (cause: unknown) => {
    const tell = onCrash === 'fail' ? error : warning;
    tell(describeCrash(cause), { title: 'register-cnspec crashed' });
    if (onCrash === 'fail') process.exitCode = 1;
  };
  process.removeAllListeners('warning');
  process.on('uncaughtException', crash);
  // Where nobody reads any more, a runner that died for one, what has been begun is still brought to its end.
  process.stdout.on('error', () => {});
  await run().catch(crash);
  endProcess();
}

/** An exception's text can quote what it choked on, a secret for one: only its kind and its place are told. */
function describeCrash(cause: unknown): string {
  const {
    name,
    message: text,
    stack = '',
  } = cause instanceof Error ? cause : { name: typeof cause, message: '' };
  const frames = stack
    .slice(stack.indexOf(text) + text.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const message = `register-cnspec stopped because of a mistake of its own (${name}). Please report it.`;
  return [message, ...frames.slice(0, 5)].join('\n');
}
