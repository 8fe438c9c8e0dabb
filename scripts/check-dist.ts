/** Fails if `dist` differs from a build of the sources. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

if (process.platform !== 'linux') {
  // Line ends and paths in the bundle differ on other systems; the workflow checks it on Linux.
  console.log(`check-dist: not checked on ${process.platform}, only on Linux.`);
  process.exit(0);
}

const fresh = mkdtempSync(path.join(os.tmpdir(), 'check-dist-'));
try {
  execFileSync(process.execPath, ['scripts/build.ts', fresh], { stdio: ['ignore', 'ignore', 'inherit'] });
  const different = differences('dist', fresh);
  for (const name of different) console.error(`check-dist: dist/${name} is not what the sources build`);
  if (different.length > 0) {
    console.error('check-dist: run `npm run build` and commit dist');
    process.exitCode = 1;
  } else {
    console.log('check-dist: dist is what the sources build');
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function differences(committed: string, built: string): string[] {
  const names = new Set([...files(committed), ...files(built)]);
  return [...names].filter((name) => read(committed, name) !== read(built, name)).sort();
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

function read(folder: string, name: string): string | undefined {
  try {
    return readFileSync(path.join(folder, name), 'latin1');
  } catch {
    return undefined;
  }
}
