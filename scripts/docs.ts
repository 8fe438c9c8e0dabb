/** Writes the tables of the README from action.yml and the source; with --check, fails where they differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Definition, drawTables, fillIn } from './tables.ts';

const README = new URL('../README.md', import.meta.url);

const definition: Definition = parse(readFileSync(new URL('../action.yml', import.meta.url), 'utf8'));
const present = readFileSync(README, 'utf8');
const wanted = fillIn(present, drawTables(definition));

if (!process.argv.includes('--check')) {
  writeFileSync(README, wanted);
  console.log(`docs: README.md is ${present === wanted ? 'what it was' : 'written'}`);
} else if (present === wanted) {
  console.log('docs: the tables of the README are what action.yml and the source say');
} else {
  console.error('docs: the tables of the README are not what action.yml and the source say');
  console.error('docs: run `npm run docs` and commit README.md');
  process.exitCode = 1;
}
