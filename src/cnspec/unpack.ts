import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { which } from '@actions/io';
import { ActionError } from '../errors.ts';
import { plainText } from '../values/plain-text.ts';
import { isInWorkspace } from '../values/workspace.ts';
import { environmentForCnspec } from './environment.ts';
import { quotable } from './quotable.ts';
import { type Ran, run, type Surroundings } from './run.ts';

/** Makes an error of what went wrong with an archive. */
type Fail = (problem: string, remedy?: string) => ActionError;

/**
 * Unpacks an archive with the system's tar, which gets no more of the job than cnspec does, and is ended when the
 * time is up and when this process ends.
 * @param folder where it goes, empty
 * @throws ActionError `cnspec-failed`, also where there is more in the archive than files and folders
 */
export async function unpack(
  file: string,
  folder: string,
  { env, deadline }: Pick<Surroundings, 'env' | 'deadline'>,
): Promise<void> {
  const name = path.basename(file);
  const fail: Fail = (
    problem,
    remedy = 'Make room on the disk of the machine, and look at the archive: where the input updates-url names a mirror, at the one that it holds.',
  ) =>
    new ActionError(
      'cnspec-failed',
      plainText(
        `cnspec could not be installed: the archive ${name}, whose checksum is good, could not be unpacked: ${problem}.`,
        1000,
      ),
      remedy,
    );
  const { tar, searched } = await findTar(env, fail);
  const ran = await run(
    tar,
    // Beside it, by its name alone: what stands before a colon would be another machine. Owned by who unpacks it.
    ['-x', ...(name.endsWith('.zip') ? [] : ['-z']), '-o', '-f', name, '-C', folder],
    { cwd: path.dirname(file), env: { ...environmentForCnspec(env), PATH: searched }, deadline },
  );
  requireSuccess(ran, fail);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) continue;
    // A link would lead out of its folder, and a pipe would be waited for.
    throw fail(`it holds ${entry.name}, which is neither a file nor a folder`);
  }
}

/** Finds the system's tar, and where it may look for programs of its own: never in the workspace. */
async function findTar(env: NodeJS.ProcessEnv, fail: Fail): Promise<{ tar: string; searched: string }> {
  if (process.platform === 'win32') {
    const system = path.join(env.SystemRoot ?? 'C:\\Windows', 'System32');
    return { tar: path.join(system, 'tar.exe'), searched: system };
  }
  const folders: string[] = [];
  for (const folder of (env.PATH ?? '').split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const real = await realpath(folder).catch(() => folder);
    if (!(await isInWorkspace(path.join(real, 'tar'), env))) folders.push(folder);
  }
  for (const folder of folders) {
    const tar = await which(path.join(folder, 'tar'));
    if (tar !== '') return { tar, searched: folders.join(path.delimiter) };
  }
  throw fail(
    'there is no tar on PATH outside the workspace',
    'Install tar (and gzip) in a step before this one.',
  );
}

function requireSuccess({ end, stdout, stderr }: Ran, fail: Fail): void {
  const words = quotable(stderr || stdout);
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
