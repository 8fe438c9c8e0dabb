import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { which } from '@actions/io';
import type { ActionError } from '../util/errors.ts';
import { isInside } from '../util/paths.ts';
import { environmentForCnspec } from './environment.ts';
import { redact } from './redact.ts';
import { type CnspecContext, notInstalled } from './result.ts';
import { type ProcessResult, run, system32 } from './run.ts';

const CHECK_ARCHIVE =
  'Make room on the disk of the machine, and look at the archive: where the input updates-url names a mirror, at the one that it holds.';

type Fail = (problem: string, remedy?: string) => ActionError;

/**
 * Unpacks an archive with the system's tar.
 * @param folder an empty one
 * @throws ActionError `cnspec-failed`, also if the archive has anything else than files and folders
 */
export async function unpack(
  file: string,
  folder: string,
  context: Pick<CnspecContext, 'env' | 'workspace' | 'deadline'>,
): Promise<void> {
  const { dir, base } = path.parse(file);
  const fail: Fail = (problem, remedy = CHECK_ARCHIVE) =>
    notInstalled(`the archive ${base}, whose checksum is good, could not be unpacked: ${problem}.`, remedy);
  const { tar, searchPath } = await findTar(context, fail);
  const result = await run(
    tar,
    // By its name alone, as tar takes text before a colon for a host; -o ignores the owners in the archive.
    ['-x', ...(base.endsWith('.zip') ? [] : ['-z']), '-o', '-f', base, '-C', folder],
    {
      cwd: dir,
      env: { ...environmentForCnspec(context.env), PATH: searchPath },
      deadline: context.deadline,
    },
  );
  requireSuccess(result, fail);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // A link leads out of the folder, and a pipe blocks.
    if (!entry.isFile() && !entry.isDirectory())
      throw fail(`it holds ${entry.name}, which is neither a file nor a folder`);
  }
}

/** Finds tar, and the PATH on which it may find gzip: never in the workspace. */
async function findTar(
  { env, workspace }: Pick<CnspecContext, 'env' | 'workspace'>,
  fail: Fail,
): Promise<{ tar: string; searchPath: string }> {
  if (process.platform === 'win32') {
    return { tar: path.join(system32(env), 'tar.exe'), searchPath: system32(env) };
  }
  const folders: string[] = [];
  for (const folder of (env.PATH ?? '').split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const real = await realpath(folder).catch(() => folder);
    if (!(await isInside(workspace, path.join(real, 'tar')))) folders.push(folder);
  }
  for (const folder of folders) {
    const tar = await which(path.join(folder, 'tar'));
    if (tar !== '') return { tar, searchPath: folders.join(path.delimiter) };
  }
  throw fail('there is no tar on PATH outside the workspace', 'Install tar (and gzip) in a step before this one.');
}

function requireSuccess({ end, stdout, stderr }: ProcessResult, fail: Fail): void {
  const words = redact(stderr || stdout);
  const quote = words && `. It wrote: "${words}"`;
  switch (end.kind) {
    case 'exit':
      if (end.code === 0) return;
      throw fail(`tar ended with exit code ${end.code}${quote}`);
    case 'timeout':
      throw fail('the time of the step was up', 'Set the input timeout to more.');
    case 'signal':
      throw fail(`tar was ended by ${end.signal}${quote}`);
    case 'flood':
      throw fail(`tar wrote more than ${end.limit / 1024 / 1024} MiB of messages`);
    case 'not started':
      throw fail(`tar could not be started (${end.code})`, 'See that tar works on this machine.');
  }
}
