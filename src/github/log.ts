import { info, setSecret, warning } from '@actions/core';
import { inWords, type Words } from '../report/words.ts';
import { plainText } from '../util/text.ts';

/** Replaces words of the core by GitHub's. */
export const WORDS: Words = [
  [/Pass the value of the secret\./g, 'Write `$${{ secrets.NAME }}`, with the name of your secret.'],
  [
    /Store the JSON unchanged as the secret\./g,
    'Store the JSON unchanged as the secret, for example with `gh secret set NAME < credentials.json`.',
  ],
  [/store them as the secret,/g, 'store them with `gh secret set`,'],
  [/(`NODE_EXTRA_CA_CERTS` to the path of its PEM file)/g, '$1 in the `env:` of the step'],
  [/A CI server of your own has/g, 'GitHub Enterprise Server has'],
  [/the status page of the CI/g, 'https://www.githubstatus.com'],
  [/The temporary folder of the CI/g, 'The variable `RUNNER_TEMP`'],
  [/\b[Tt]he CI\b/g, 'GitHub'],
  [/Write the whole path,/g, 'Write the whole path, for example with `$${{ runner.temp }}`,'],
];

const LONGEST_LINE = 1000;

export function log(line: string): void {
  info(plainText(line, LONGEST_LINE));
}

export function warn(text: string): void {
  warning(plainText(inWords(text, WORDS), LONGEST_LINE));
}

/** Makes the runner hide secrets in everything that is printed from here on, until the job ends. */
export function mask(secrets: string[]): void {
  for (const secret of secrets) setSecret(secret);
}
