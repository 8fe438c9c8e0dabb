import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COMPILE_CACHE } from './compile-cache.ts';

/** How a stand-in for cnspec behaves when it is asked for its status. */
export interface Conduct {
  /** The version that it says it is. */
  version: string;
  kind:
    | 'agreeing'
    /** Asks the platform by itself, as the real one does; the others know all answers beforehand. */
    | 'asking'
    /** Agrees, with lines of a log around the JSON. */
    | 'chatty'
    /** Agrees, and warns of the clock and of a long round trip. */
    | 'warning'
    /** Agrees, and names a releases host that nobody told it. */
    | 'other releases host'
    /** Agrees, and leaves a process behind that holds its output open. */
    | 'left behind'
    | 'unregistered'
    | 'unauthenticated'
    | 'other account'
    | 'other endpoint'
    /** Says nothing, as versions 9.0 to 11.28 do when the platform refuses them. */
    | 'silent'
    | 'garbled'
    | 'crashing'
    /** Never answers, and has a child of its own. */
    | 'hang'
    /** Writes ten megabytes. */
    | 'flooding'
    /** Writes commands to the runner. */
    | 'commanding'
    /** Writes the file that it was given, and its environment. */
    | 'telling everything';
  /** The file that a line of JSON is added to for each call: `args`, `env`, `cwd`, `pid`, and the `child`'s. */
  record?: string;
}

/** A call that a stand-in has written down. */
export interface RecordedCall {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  pid: number;
  child?: number;
}

const SCRIPT = fileURLToPath(new URL('./stand-in.ts', import.meta.url));

/**
 * Writes a stand-in for cnspec into a folder, which is created.
 * @returns the path of the program
 */
export async function writeCnspec(folder: string, conduct: Conduct): Promise<string> {
  await mkdir(folder, { recursive: true });
  const encoded = Buffer.from(JSON.stringify(conduct)).toString('base64url');
  const windows = process.platform === 'win32';
  const program = path.join(folder, windows ? 'cnspec.cmd' : 'cnspec');
  await writeFile(
    program,
    windows
      ? `@"${process.execPath}" "${SCRIPT}" ${encoded} %*\r\n`
      : `#!/bin/sh\nNODE_COMPILE_CACHE='${COMPILE_CACHE}' exec '${process.execPath}' '${SCRIPT}' '${encoded}' "$@"\n`,
  );
  await chmod(program, 0o755);
  return program;
}

/** Reads what the stand-ins have written down. */
export async function recordedCalls(record: string): Promise<RecordedCall[]> {
  const text = await readFile(record, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RecordedCall);
}

const packed = new Map<string, Promise<Buffer>>();

/** Packs a stand-in as a release of cnspec is packed for this machine: tar.gz, or zip on Windows. */
export function packCnspec(conduct: Conduct): Promise<Buffer> {
  const key = JSON.stringify(conduct);
  const archive = packed.get(key) ?? pack(conduct);
  packed.set(key, archive);
  return archive;
}

async function pack(conduct: Conduct): Promise<Buffer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cnspec-release-'));
  try {
    const program = await writeCnspec(path.join(folder, 'content'), conduct);
    await writeFile(path.join(folder, 'content', 'LICENSE'), 'A stand-in for cnspec.\n');
    const windows = process.platform === 'win32';
    const archive = path.join(folder, windows ? 'cnspec.zip' : 'cnspec.tar.gz');
    // Windows has a tar of its own that writes zip, too.
    const tar = windows ? path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'tar.exe') : 'tar';
    const files = [path.basename(program), 'LICENSE'];
    await promisify(execFile)(tar, [
      ...(windows ? ['-a', '-c'] : ['-c', '-z']),
      '-f',
      archive,
      '-C',
      path.dirname(program),
      ...files,
    ]);
    return await readFile(archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
