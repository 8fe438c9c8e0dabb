/** Prints the changelog section of a tag. */
import { readFileSync } from 'node:fs';
import { notesFor } from './changelog.ts';

const tag = process.argv[2] ?? '';
process.stdout.write(notesFor(tag.replace(/^v/, ''), readFileSync('CHANGELOG.md', 'utf8')));
