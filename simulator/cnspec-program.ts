import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COMPILE_CACHE } from './compile-cache.ts';

export interface Conduct {
  version: string;
  kind:
    | 'agreeing'
    /** Agrees, and never lists its providers. */
    | 'without a list'
    /** Queries the platform, like the real cnspec. The others print a fixed status. */
    | 'asking'
    /** Agrees, with log lines around the JSON. */
    | 'chatty'
    /** Agrees, and warns of the clock and of a long round trip. */
    | 'warning'
    /** Agrees, and reports another releases host. */
    | 'other releases host'
    /** Agrees, and leaves a process that holds its output open. */
    | 'left behind'
    | 'unregistered'
    | 'unauthenticated'
    | 'other account'
    | 'other endpoint'
    | 'other client'
    /** Prints nothing, as versions 9.0 to 11.28 do when the platform rejects the credentials. */
    | 'silent'
    | 'garbled'
    | 'crashing'
    /** Never ends, and has a child process. */
    | 'hang'
    /** Writes ten megabytes. */
    | 'flooding'
    /** Writes workflow commands. */
    | 'commanding'
    /** Writes its mondoo.yml and its environment. */
    | 'leaking';
  /** A file that gets one line of JSON per call: `args`, `env`, `cwd`, `pid`, and `child`. */
  record?: string;
}

export interface RecordedCall {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  pid: number;
  child?: number;
}

const SCRIPT = fileURLToPath(new URL('./stand-in.ts', import.meta.url));

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

export async function recordedCalls(record: string): Promise<RecordedCall[]> {
  const text = await readFile(record, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RecordedCall);
}

const packed = new Map<string, Promise<Buffer>>();

/** Packs a stand-in like a release of cnspec: tar.gz, or zip on Windows. */
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
    // The tar of Windows also writes zip.
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
