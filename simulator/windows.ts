import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from './runner-environment.ts';

/** How a program of Windows behaves: it works, it exits with an error, or it never exits. */
export type ProgramConduct = 'works' | 'fails' | 'hangs';

const SCRIPTS: Record<ProgramConduct, string> = {
  works: 'exit 0',
  fails: 'exit 1',
  hangs: 'exec sleep 100',
};

/**
 * Makes a step on another system run its Windows code.
 * @param folder gets stand-ins for the programs of Windows
 * @param other variables of the step, such as those for an event on its disk
 */
export async function simulateWindows(
  folder: string,
  programs: Partial<Record<'icacls' | 'taskkill', ProgramConduct>> = {},
  other: Environment = {},
): Promise<Environment> {
  const system32 = path.join(folder, 'System32');
  await mkdir(system32, { recursive: true });
  for (const [name, conduct] of Object.entries({
    icacls: 'works',
    taskkill: 'works',
    ...programs,
  } as const)) {
    const file = path.join(system32, `${name}.exe`);
    await writeFile(file, `#!/bin/sh\n${SCRIPTS[conduct]}\n`);
    await chmod(file, 0o755);
  }
  const preload = `--import=${new URL('windows-preload.mjs', import.meta.url).href}`;
  return {
    PATHEXT: '.COM;.EXE',
    ...other,
    SystemRoot: folder,
    NODE_OPTIONS: [preload, other.NODE_OPTIONS].filter(Boolean).join(' '),
  };
}
