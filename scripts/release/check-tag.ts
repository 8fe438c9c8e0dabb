/** Fails when a tag is not the version of package.json and of its lock, or the changelog says nothing of it. */
import { readFileSync } from 'node:fs';
import { notesFor } from './changelog.ts';
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
for (const mistake of mistakes) console.error(`check-tag: ${mistake}`);
if (mistakes.length > 0) process.exitCode = 1;
else console.log(`check-tag: ${tag} can be released`);
