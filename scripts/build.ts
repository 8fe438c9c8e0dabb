/** Builds `dist`, or another folder that is named: one bundle for each entry, with the licences of what is in it. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const out = process.argv[2] ?? 'dist';
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');

for (const entry of ['main', 'post']) {
  // What an earlier build left would be shipped with this one.
  rmSync(path.join(out, entry), { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [ncc, 'build', `src/${entry}.ts`, '--out', path.join(out, entry), '--license', 'licenses.txt'],
    { stdio: 'inherit' },
  );
}
