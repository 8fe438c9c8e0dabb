/** Builds `dist`, or another folder that is named: one bundle for each entry, and the licences of what is in them. */
import { spawnSync } from 'node:child_process';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const out = process.argv[2] ?? 'dist';
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');

// What is there stays until all of the new is: a mistake in a type must not leave half a build.
const fresh = path.join('node_modules', '.dist');
rmSync(fresh, { recursive: true, force: true });
for (const entry of ['main', 'post', 'cli']) build(`src/${entry}.ts`, path.join(fresh, entry));

const everything = path.join(fresh, 'everything');
build('scripts/bundled.ts', everything, '--license', 'licenses.txt');
renameSync(path.join(everything, 'licenses.txt'), path.join(fresh, 'licenses.txt'));
rmSync(everything, { recursive: true });

rmSync(out, { recursive: true, force: true });
cpSync(fresh, out, { recursive: true });
rmSync(fresh, { recursive: true });

function build(entry: string, folder: string, ...options: string[]): void {
  const { status } = spawnSync(process.execPath, [ncc, 'build', entry, '--out', folder, ...options], {
    stdio: 'inherit',
  });
  // ncc has said why.
  if (status !== 0) process.exit(status ?? 1);
}
