/** Builds `dist`, or another folder that is named: one bundle for each entry, and the licences of what is in them. */
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const out = process.argv[2] ?? 'dist';
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');

// What an earlier build left would be shipped with this one.
rmSync(out, { recursive: true, force: true });
for (const entry of ['main', 'post']) build(`src/${entry}.ts`, path.join(out, entry));

const everything = path.join(out, 'everything');
build('scripts/bundled.ts', everything, '--license', 'licenses.txt');
renameSync(path.join(everything, 'licenses.txt'), path.join(out, 'licenses.txt'));
rmSync(everything, { recursive: true });

function build(entry: string, folder: string, ...options: string[]): void {
  execFileSync(process.execPath, [ncc, 'build', entry, '--out', folder, ...options], { stdio: 'inherit' });
}
