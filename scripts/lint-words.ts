/**
 * Checks the prose of the documentation and the messages of the source: no avoided words, and at most 22 words a sentence
 * on average per page. Skips code and generated tables. Pass files to check only these.
 */
import { proseOf, readPages } from './markdown.ts';
import { messagesOfSource } from './messages.ts';
import { averageWords, findWords } from './words.ts';

const LONGEST_AVERAGE = 22;
/** Pages for other readers. */
const SKIPPED = ['CHANGELOG.md', 'CODE_OF_CONDUCT.md', 'bench/README.md'];

const files = process.argv.slice(2);
const isChecked = (file: string) => (files.length > 0 ? files.includes(file) : !SKIPPED.includes(file));
const pages = readPages()
  .filter(({ path }) => isChecked(path))
  .map((page) => ({ name: page.path, ...proseOf(page) }));
const texts = [
  ...pages,
  ...messagesOfSource().filter(({ name }) => files.length === 0 || files.includes(name)),
];

let problems = 0;
function report(name: string, problem: string): void {
  console.error(`lint-words: ${name}: ${problem}`);
  problems++;
}

for (const file of files) {
  if (texts.some(({ name }) => name === file)) continue;
  report(file, 'no page or source file has this path. Pass paths such as docs/outputs.md');
}
for (const { name, paragraphs, cells } of texts) {
  for (const { found, say, context } of [...paragraphs, ...cells].flatMap(findWords)) {
    report(name, `"${found}" in "${context}": ${say}`);
  }
  const average = averageWords(paragraphs);
  if (average > LONGEST_AVERAGE) report(name, `${average.toFixed(1)} words a sentence on average`);
}
if (problems > 0) process.exitCode = 1;
else console.log(`lint-words: ${texts.length} pages and files use plain words`);
