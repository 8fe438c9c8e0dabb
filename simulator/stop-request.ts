/** How often to check that npm's shell still runs, in milliseconds. */
const CHECK_EVERY = 250;

/** Aborts with an exit code on SIGINT or SIGTERM, or if the output is closed. The program must then remove its key file. */
export function stopRequest(): AbortSignal {
  const stop = new AbortController();
  const onSignal = (exitCode: number) => () => stop.abort(exitCode);
  // Not `once`: on Ctrl-C the terminal sends SIGINT, and npm sends it again.
  process.on('SIGINT', onSignal(130));
  process.on('SIGTERM', onSignal(143));
  process.stdout.on('error', onSignal(1));
  if (process.env.npm_lifecycle_event !== undefined) {
    // npm sends signals to its shell only, and the shell ends without passing them on.
    const shell = process.ppid;
    setInterval(() => {
      if (process.ppid !== shell) stop.abort(143);
    }, CHECK_EVERY).unref();
  }
  return stop.signal;
}
