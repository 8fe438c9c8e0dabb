/**
 * Becomes a program in the container of a job: what it sees is the host, with folders of the job in the places where
 * containers have them. `container.ts` starts it. It gets itself a mount namespace first, so that nothing of this is
 * seen from outside, and all of it is gone with the last process in there.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { ContainerStart } from './container.ts';

const [told = '', ...command] = process.argv.slice(2);
const start: ContainerStart = JSON.parse(told);
const { PATH, JOB_ENVIRONMENT } = process.env;

if (start.way.length > 0) {
  // In one variable: sudo and shells would leave out others, such as INPUT_CONFIG-PATH.
  const environment = JSON.stringify(process.env);
  const again = [process.execPath, import.meta.filename, JSON.stringify({ ...start, way: [] })];
  become([...start.way, ...again, ...command], { PATH, JOB_ENVIRONMENT: environment });
} else {
  layRoot();
  become(
    ['chroot', start.root, ...asWhoCalledSudo(), 'env', `--chdir=${start.cwd}`, ...command],
    JSON.parse(JOB_ENVIRONMENT ?? '{}'),
  );
}

/** Lays a root of its own: in that of the host no folder can be made. */
function layRoot(): void {
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

/** The files of the job are theirs, and what kills sudo has to end this, too. */
function asWhoCalledSudo(): string[] {
  const { SUDO_UID, SUDO_GID } = process.env;
  if (SUDO_UID === undefined) return [];
  return ['setpriv', `--reuid=${SUDO_UID}`, `--regid=${SUDO_GID}`, '--clear-groups', '--pdeathsig=KILL'];
}

/** Goes on as another program, in the same process. */
function become(program: string[], env: NodeJS.ProcessEnv): void {
  // A step must have nothing on stderr, and that Node can do this is news.
  process.removeAllListeners('warning');
  process.execve?.('/usr/bin/env', ['env', ...program], env as Record<string, string>);
}
