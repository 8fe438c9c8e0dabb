/**
 * Fails if a tag isn't the version of package.json and its lock, if the changelog has no text for it, or if a page still
 * says that nothing is released.
 */
import { readFileSync } from 'node:fs';
import { notesFor } from './changelog.ts';
import { referringFiles } from './pages.ts';
import { unreleasedIn } from './pins.ts';
import { parseTag } from './version.ts';

const tag = process.argv[2] ?? '';
const mistakes: string[] = [];
if (!parseTag(tag)) mistakes.push(`"${tag}" is no tag of a release, like v1.2.3`);
for (const file of ['package.json', 'package-lock.json']) {
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  if (tag !== `v${version}`)
    mistakes.push(`the version in ${file} is ${version}, not that of the tag ${tag}`);
}
try {
  notesFor(tag.replace(/^v/, ''), readFileSync('CHANGELOG.md', 'utf8'));
} catch (error) {
  mistakes.push((error as Error).message);
}
for (const file of referringFiles()) {
  for (const problem of unreleasedIn(readFileSync(file, 'utf8'))) {
    mistakes.push(`${file} ${problem}: run \`npm run release:prepare\``);
  }
}
for (const mistake of mistakes) console.error(`check-tag: ${mistake}`);
if (mistakes.length > 0) process.exitCode = 1;
else console.log(`check-tag: ${tag} can be released`);
