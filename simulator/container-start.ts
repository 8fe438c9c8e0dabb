/** Runs a program with the folders of a job mounted as in a container. `container.ts` starts it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { ContainerStart } from './container.ts';

const [argument = '', ...command] = process.argv.slice(2);
const start: ContainerStart = JSON.parse(argument);
const { PATH, JOB_ENVIRONMENT } = process.env;

if (start.unshare.length > 0) {
  // In one variable, because sudo and shells drop names such as INPUT_CONFIG-PATH.
  const environment = JSON.stringify(process.env);
  const again = [process.execPath, import.meta.filename, JSON.stringify({ ...start, unshare: [] })];
  execProgram([...start.unshare, ...again, ...command], { PATH, JOB_ENVIRONMENT: environment });
} else {
  mountRoot();
  execProgram(
    ['chroot', start.root, ...asSudoUser(), 'env', `--chdir=${start.cwd}`, ...command],
    JSON.parse(JOB_ENVIRONMENT ?? '{}'),
  );
}

/** Mounts a new root, because no folder can be created in the host's. */
function mountRoot(): void {
  const { root, volumes } = start;
  const mount = (...args: string[]) => execFileSync('mount', args);
  const mountFolder = (host: string, container: string) => {
    const place = path.join(root, container);
    mkdirSync(place, { recursive: true });
    mount('--rbind', host, place);
  };
  const taken = new Set(volumes.map(({ container }) => container.split('/')[1]));
  mount('-t', 'tmpfs', 'tmpfs', root);
  for (const entry of readdirSync('/', { withFileTypes: true })) {
    const place = path.join('/', entry.name);
    if (taken.has(entry.name)) continue;
    if (entry.isDirectory()) mountFolder(place, place);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(place), path.join(root, place));
  }
  for (const { host, container } of volumes) mountFolder(host, container);
}

/** The job's files belong to the user who called sudo. SIGKILL to sudo must also end this process. */
function asSudoUser(): string[] {
  const { SUDO_UID, SUDO_GID } = process.env;
  if (SUDO_UID === undefined) return [];
  return ['setpriv', `--reuid=${SUDO_UID}`, `--regid=${SUDO_GID}`, '--clear-groups', '--pdeathsig=KILL'];
}

function execProgram(program: string[], env: NodeJS.ProcessEnv): void {
  // Node's warning about execve would appear on the step's stderr.
  process.removeAllListeners('warning');
  process.execve?.('/usr/bin/env', ['env', ...program], env as Record<string, string>);
}
