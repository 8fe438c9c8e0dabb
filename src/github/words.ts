import type { Words } from '../report/words.ts';

export const WORDS: Words = [
  [/Pass the value of the secret\./g, 'Write `$${{ secrets.NAME }}`, with the name of your secret.'],
  [
    /Store the JSON unchanged as the secret\./g,
    'Store the JSON unchanged as the secret, for example with `gh secret set NAME < credentials.json`.',
  ],
  [/store them as the secret,/g, 'store them with `gh secret set`,'],
  [/A CI server of your own has/g, 'GitHub Enterprise Server has'],
  [/the status page of the CI/g, 'https://www.githubstatus.com'],
  [/The temporary folder of the CI/g, 'The variable `RUNNER_TEMP`'],
  [/\b[Tt]he CI\b/g, 'GitHub'],
  [/Write the whole path,/g, 'Write the whole path, for example with `$${{ runner.temp }}`,'],
];
