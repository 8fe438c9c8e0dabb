/** Builds `dist`, or another folder that is named: one bundle for each entry, and the licences of what is in them. */
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const out = process.argv[2] ?? 'dist';
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');

// What an earlier build left would be shipped with this one.
rmSync(out, { recursive: true, force: true });
for (const entry of ['main', 'post']) {
  const folder = path.join(out, entry);
  // ncc forgets the licences of all chunks but one. Main has no chunks, and every package that post has.
  const licences = entry === 'main' ? ['--license', 'licenses.txt'] : [];
  execFileSync(process.execPath, [ncc, 'build', `src/${entry}.ts`, '--out', folder, ...licences], {
    stdio: 'inherit',
  });
}
renameSync(path.join(out, 'main', 'licenses.txt'), path.join(out, 'licenses.txt'));
