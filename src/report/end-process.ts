/** Ends the process as soon as all that it told is written, whatever else is under way. */
export function endProcess(): void {
  process.stdout.write('', () => {
    if (process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) leaveLookUp();
    process.exit();
  });
}

/**
 * Ends the process although the system is resolving a name, which nobody can call off: `process.exit()` would wait
 * for that, half a minute where no name server answers, and so go far beyond the deadline.
 */
function leaveLookUp(): void {
  const code = Number(process.exitCode ?? 0);
  const leave = wayOut(code);
  if (leave === undefined) return;
  // Neither way calls those who wait for the end.
  process.emit('exit', code);
  leave();
}

/** A way to end without waiting, with this exit code; nothing where there is none. */
function wayOut(code: number): (() => void) | undefined {
  // There, a process that is killed has the exit code 1. For another one there is no way.
  if (process.platform === 'win32') return code === 1 ? () => process.kill(process.pid) : undefined;
  // Another program takes the place of this one, and with that all of its threads are gone.
  return process.execve?.bind(
    process,
    process.execPath,
    [process.execPath, '-e', `process.exitCode = ${code}`],
    withoutNodes(process.env),
  );
}

/** Leaves out what would make that Node load code, or write down what it has run. */
function withoutNodes(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NODE_')));
}
