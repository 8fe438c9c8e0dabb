import { existsSync, readFileSync } from 'node:fs';

/** An issue, with the fields that the documented workflows use. */
export interface Issue {
  number: number;
  title: string;
  label: string;
  state: 'open' | 'closed';
  body: string;
  comments: string[];
}

/**
 * A stand-in for `gh` with the issue and label commands of the documentation. It keeps issues in a file, needs a
 * token of a job with `issues: write`, and rejects a label that doesn't exist.
 */
export function githubCli(file: string): string {
  return `#!/usr/bin/env node
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const file = ${JSON.stringify(file)};
const state = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { labels: [], issues: [] };
const { GH_TOKEN = '', GH_REPO } = process.env;
if (!GH_TOKEN.includes('"issues":"write"') || GH_REPO === undefined) {
  console.error('Resource not accessible by integration');
  process.exit(1);
}
const [noun, verb, ...rest] = process.argv.slice(2);
const positional = [];
const options = {};
for (let at = 0; at < rest.length; at++) {
  if (rest[at] === '--force') options.force = true;
  else if (rest[at].startsWith('--')) options[rest[at].slice(2)] = rest[++at];
  else positional.push(rest[at]);
}
const issue = state.issues.find(({ number }) => String(number) === positional[0]);
const commands = {
  'issue list': () => {
    const found = state.issues.filter((one) => one.label === options.label && one.state === options.state);
    const json = JSON.stringify(found.map(({ number }) => ({ number })));
    process.stdout.write(execFileSync('jq', ['-r', options.jq], { input: json }));
  },
  'issue create': () => {
    if (!state.labels.includes(options.label)) throw new Error('could not add label: not found');
    const body = readFileSync(options['body-file'], 'utf8');
    const number = state.issues.length + 1;
    state.issues.push({ number, title: options.title, label: options.label, state: 'open', body, comments: [] });
  },
  'issue edit': () => { issue.body = readFileSync(options['body-file'], 'utf8'); },
  'issue close': () => { issue.state = 'closed'; issue.comments.push(options.comment); },
  'label create': () => {
    if (state.labels.includes(positional[0]) && !options.force) throw new Error('label already exists');
    state.labels.push(positional[0]);
  },
};
commands[noun + ' ' + verb]();
writeFileSync(file, JSON.stringify(state));
`;
}

export function issuesIn(file: string): Issue[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).issues : [];
}
