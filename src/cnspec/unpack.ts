import { chmod, lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInside, system32 } from '../util/paths.ts';
import { environmentForCnspec } from './environment.ts';
import { redact } from './redact.ts';
import { type CnspecContext, notInstalled } from './result.ts';
import { describeExit, type ExitStatus, run } from './run.ts';

const CHECK_ARCHIVE =
  'If `updates-url` names a mirror, check the archive there. Otherwise, free some space on the disk.';

const REMEDIES: Partial<Record<ExitStatus['kind'], string>> = {
  timeout: 'Increase the input `timeout`.',
  'not started': 'Install tar and gzip in an earlier step, in a folder on `PATH` outside the workspace.',
};

/** Several times the size of cnspec, in bytes; measured each so many milliseconds. */
const MAX_SIZE = 2 * 1024 ** 3;
const INTERVAL = 250;

/** Unpacks an archive with the system's tar. @throws ActionError `cnspec-failed` */
export async function unpack(file: string, folder: string, { env, workspace, signal }: CnspecContext): Promise<void> {
  const { dir, base } = path.parse(file);
  const fail = (problem: string, remedy = CHECK_ARCHIVE, evidence = '') =>
    notInstalled(`The archive ${base} has a valid checksum, but could not be unpacked: ${problem}.`, remedy, evidence);
  const onWindows = process.platform === 'win32';
  const PATH = onWindows ? system32(env) : await pathOutside(workspace, env);
  const tooBig = new AbortController();
  const measure = async () => {
    if ((await sizeOf(folder)) > MAX_SIZE) tooBig.abort();
  };
  const timer = setInterval(() => void measure().catch(() => {}), INTERVAL);
  const { end, stdout, stderr } = await run(
    onWindows ? path.join(PATH, 'tar.exe') : 'tar',
    // By its name alone, as tar takes text before a colon for a host; -o ignores the owners in the archive.
    ['-x', ...(base.endsWith('.zip') ? [] : ['-z']), '-o', '-f', base, '-C', folder],
    { cwd: dir, env: { ...environmentForCnspec(env), PATH }, signal: AbortSignal.any([signal, tooBig.signal]) },
  ).finally(() => clearInterval(timer));
  await measure();
  if (tooBig.signal.aborted) throw fail('it unpacks to more than 2 GiB');
  if (end.kind !== 'exit' || end.code !== 0) {
    const printed = redact(stderr || stdout);
    throw fail(`tar ${describeExit(end)}`, REMEDIES[end.kind], printed && `Output of tar: "${printed}"`);
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // A link leads out of the folder, and a pipe blocks.
    if (!entry.isFile() && !entry.isDirectory()) throw fail(`${entry.name} is neither a file nor a folder`);
    const name = path.join(entry.parentPath, entry.name);
    // Without setuid bits, and not writable for others.
    await chmod(name, (await lstat(name)).mode & 0o755);
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries.map(async ({ parentPath, name }) => (await lstat(path.join(parentPath, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** PATH as tar may see it, which searches gzip there: without folders in the workspace. */
async function pathOutside(workspace: string, env: NodeJS.ProcessEnv): Promise<string> {
  const folders: string[] = [];
  for (const folder of (env.PATH ?? '').split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const real = await realpath(folder).catch(() => folder);
    if (!(await isInside(workspace, path.join(real, 'tar')))) folders.push(folder);
  }
  return folders.join(path.delimiter);
}
