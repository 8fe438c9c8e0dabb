/**
 * Writes the tables of the README from action.yml and the source; with --check, fails where they differ, and where
 * docs/troubleshooting.md has no section for a finding.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { FINDINGS } from '../src/errors.ts';
import { sectionsOf } from './markdown.ts';
import { type Definition, drawTables, fillIn } from './tables.ts';

const README = new URL('../README.md', import.meta.url);
const TROUBLESHOOTING = new URL('../docs/troubleshooting.md', import.meta.url);

const definition: Definition = parse(readFileSync(new URL('../action.yml', import.meta.url), 'utf8'));
const present = readFileSync(README, 'utf8');
const wanted = fillIn(present, drawTables(definition));

if (process.argv.includes('--check')) check();
else {
  writeFileSync(README, wanted);
  console.log(`docs: README.md is ${present === wanted ? 'what it was' : 'written'}`);
}

function check(): void {
  const problems: string[] = [];
  if (present !== wanted) {
    problems.push('the tables of the README are not what action.yml and the source say: run `npm run docs`');
  }
  const anchors = sectionsOf({ text: readFileSync(TROUBLESHOOTING, 'utf8') }).map(({ anchor }) => anchor);
  for (const finding of FINDINGS) {
    if (!anchors.includes(finding)) problems.push(`docs/troubleshooting.md has no section "${finding}"`);
  }
  for (const problem of problems) console.error(`docs: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else
    console.log(
      'docs: the tables of the README are what action.yml and the source say, and every finding has its section',
    );
}
