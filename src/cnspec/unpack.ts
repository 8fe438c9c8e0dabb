import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../util/paths.ts';
import { environmentForCnspec } from './environment.ts';
import { redact } from './redact.ts';
import { type CnspecContext, notInstalled } from './result.ts';
import { type ProcessResult, run, system32 } from './run.ts';

const CHECK_ARCHIVE =
  'Make room on the disk of the machine, and look at the archive: where the input updates-url names a mirror, at the one that it holds.';

/**
 * Unpacks an archive with the system's tar.
 * @param folder an empty one
 * @throws ActionError `cnspec-failed`, also if the archive has anything else than files and folders
 */
export async function unpack(
  file: string,
  folder: string,
  { env, workspace, deadline }: Pick<CnspecContext, 'env' | 'workspace' | 'deadline'>,
): Promise<void> {
  const { dir, base } = path.parse(file);
  const fail = (problem: string, remedy = CHECK_ARCHIVE) =>
    notInstalled(`the archive ${base}, whose checksum is good, could not be unpacked: ${problem}.`, remedy);
  const onWindows = process.platform === 'win32';
  const PATH = onWindows ? system32(env) : await pathOutside(workspace, env);
  const result = await run(
    onWindows ? path.join(PATH, 'tar.exe') : 'tar',
    // By its name alone, as tar takes text before a colon for a host; -o ignores the owners in the archive.
    ['-x', ...(base.endsWith('.zip') ? [] : ['-z']), '-o', '-f', base, '-C', folder],
    { cwd: dir, env: { ...environmentForCnspec(env), PATH }, deadline },
  );
  const problem = problemOf(result);
  if (problem) throw fail(...problem);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // A link leads out of the folder, and a pipe blocks.
    if (!entry.isFile() && !entry.isDirectory())
      throw fail(`it holds ${entry.name}, which is neither a file nor a folder`);
  }
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

function problemOf({ end, stdout, stderr }: ProcessResult): [problem: string, remedy?: string] | undefined {
  const words = redact(stderr || stdout);
  const quote = words && `. It wrote: "${words}"`;
  switch (end.kind) {
    case 'exit':
      return end.code === 0 ? undefined : [`tar ended with exit code ${end.code}${quote}`];
    case 'timeout':
      return ['the time of the step was up', 'Set the input timeout to more.'];
    case 'signal':
      return [`tar was ended by ${end.signal}${quote}`];
    case 'flood':
      return ['tar wrote more than 1 MiB of messages'];
    case 'not started':
      return end.code === 'ENOENT'
        ? ['there is no tar on PATH outside the workspace', 'Install tar (and gzip) in a step before this one.']
        : [`tar could not be started (${end.code})`, 'See that tar works on this machine.'];
  }
}
