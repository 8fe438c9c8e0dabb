/**
 * Writes the generated tables of the documentation from action.yml and the source. With --check, fails if a page is
 * outdated, or if docs/troubleshooting.md has no section for a finding.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { FINDINGS } from '../src/util/errors.ts';
import { sectionsOf } from './markdown.ts';
import { type Definition, drawTables, fillIn } from './tables.ts';

const PAGES: Record<string, string[]> = {
  'README.md': ['inputs', 'main-outputs', 'findings'],
  'docs/outputs.md': ['outputs'],
  'docs/troubleshooting.md': ['titles'],
};

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const definition: Definition = parse(read('action.yml'));
const tables = drawTables(definition);
const pages = Object.entries(PAGES).map(([file, names]) => {
  const present = read(file);
  const own = Object.fromEntries(names.map((name) => [name, tables[name] ?? '']));
  return { file, present, wanted: fillIn(present, own) };
});
const outdated = pages.filter(({ present, wanted }) => present !== wanted);

if (process.argv.includes('--check')) check();
else {
  for (const { file, wanted } of outdated) {
    writeFileSync(new URL(`../${file}`, import.meta.url), wanted);
    console.log(`docs: wrote ${file}`);
  }
  if (outdated.length === 0) console.log('docs: all tables are up to date');
}

function check(): void {
  const problems = outdated.map(({ file }) => `the tables of ${file} are out of date: run \`npm run docs\``);
  const anchors = sectionsOf({ text: read('docs/troubleshooting.md') }).map(({ anchor }) => anchor);
  for (const finding of FINDINGS) {
    if (!anchors.includes(finding)) problems.push(`docs/troubleshooting.md has no section "${finding}"`);
  }
  for (const problem of problems) console.error(`docs: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('docs: all tables are up to date, and every finding has a section');
}
