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
if (!parseTag(tag)) {
  console.error(`check-tag: "${tag}" isn't a release tag such as v1.2.3`);
  process.exit(1);
}
const problems: string[] = [];
for (const file of ['package.json', 'package-lock.json']) {
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  if (tag !== `v${version}`)
    problems.push(`the version in ${file} is ${version}, not that of the tag ${tag}`);
}
try {
  notesFor(tag.replace(/^v/, ''), readFileSync('CHANGELOG.md', 'utf8'));
} catch (error) {
  problems.push((error as Error).message);
}
for (const file of referringFiles()) {
  for (const problem of unreleasedIn(readFileSync(file, 'utf8'))) {
    problems.push(`${file} ${problem}: run \`npm run release:prepare\``);
  }
}
for (const problem of problems) console.error(`check-tag: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else console.log(`check-tag: ${tag} can be released`);
