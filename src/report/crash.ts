import { error } from '@actions/core';

/**
 * Runs an entry so that nothing ever goes to stderr, which the runner may show before a mask takes effect.
 * A crash is told on stdout and fails the step; Node's own warnings are dropped.
 */
export async function guarded(run: () => Promise<void>): Promise<void> {
  process.removeAllListeners('warning');
  process.on('uncaughtException', crash);
  await run().catch(crash);
}

/** An exception's text can quote what it choked on, a secret for one: only its kind and its place are told. */
function crash(cause: unknown): void {
  const { name, stack } = cause instanceof Error ? cause : { name: typeof cause, stack: '' };
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const message = `register-cnspec stopped because of a mistake of its own (${name}). Please report it.`;
  error([message, ...frames.slice(0, 5)].join('\n'), { title: 'register-cnspec crashed' });
  process.exitCode = 1;
}
