import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import type { Job } from '../job.ts';
import { annotationText } from '../report/annotation.ts';
import { titleOf } from '../report/facts.ts';
import { junitXml } from '../report/junit.ts';
import { statusLines } from '../report/log.ts';
import { outputs, withdrawn } from '../report/outputs.ts';
import { inWords, verdictInWords, type Words } from '../report/words.ts';
import type { Finding } from '../status/finding.ts';
import { ActionError, errorCode, TITLES } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import type { Options } from './options.ts';

/** What the core's words for the inputs of an action are on a command line. */
export const WORDS: Words = [
  // The command installs no cnspec.
  [/(?:, or s|\. Or s|\. S)et the input `cnspec-version`[^.]*/g, ''],
  [/, or leave (?:the input|`config-path`) out(?=\.)/g, ''],
  [/\b([Tt])he input `registration-token`/g, '$1he variable `MONDOO_REGISTRATION_TOKEN`'],
  [/\b([Tt])he input\b/g, '$1he option'],
  [/\b([Tt]he option) `(name|timeout|credentials)`/g, '$1 `--$2`'],
  [/set `register: false`/g, 'use the command `check`'],
  [/`registration-token`/g, '`MONDOO_REGISTRATION_TOKEN`'],
  [/`config-path`/g, '`--config`'],
  [/`annotations`/g, '`--annotation`'],
  [/`((?:api|max|fail|on|verify|expect)-[a-z-]+)(?::( \w+))?`/g, '`--$1$2`'],
  [/\bth(?:e|is) action\b/gi, 'register-cnspec'],
];

/** Prints what people read: on stdout, or on stderr if stdout is for JSON. Colored on a terminal only. */
export function createOutput({ json, option }: Options, isAzure: boolean) {
  const stream = json ? process.stderr : process.stdout;
  // If the reader dies, the work is finished still.
  stream.on('error', () => {});
  const print = (text: string, color?: 'green' | 'red' | 'yellow') =>
    void stream.write(`${color ? styleText(color, text, { stream }) : text}\n`);
  const plain = (text: string) => plainText(inWords(text, WORDS), 1000);
  const explain = (finding: Finding, mark: string, color: 'red' | 'yellow') => {
    print(`${mark} ${TITLES[finding.code]}`, color);
    print(annotationText([finding], (code) => `docs/troubleshooting.md#${code}`));
  };
  const printJson = (values: object) => void (json && process.stdout.write(`${JSON.stringify(values)}\n`));
  return {
    log: (line) => print(plain(line)),
    warn: (text) => print(`! ${plain(text)}`, 'yellow'),
    /** Azure Pipelines reads masks on stdout. Other CIs have none that a program can set. */
    mask: (secrets) => {
      if (isAzure && !json) for (const secret of secrets) print(`##vso[task.setsecret]${secret}`);
    },
    report(result, found) {
      const verdict = verdictInWords(found, WORDS);
      for (const line of statusLines(result, verdict)) print(line);
      if (verdict.status === 'ok') print(`→ ${titleOf(result, verdict)}`, 'green');
      for (const finding of verdict.tolerated) explain(finding, verdict.passed ? '→' : '!', 'yellow');
      for (const finding of verdict.fatal) explain(finding, 'x', 'red');
      const values = outputs(result, verdict);
      const files = { dotenv: dotenv(values), junit: junitXml(result, verdict) };
      for (const [name, text] of Object.entries(files)) if (option(name) !== '') write(name, option(name), text);
      printJson(values);
    },
    reportFailure(obstacle) {
      explain(obstacle, 'x', 'red');
      printJson(withdrawn(obstacle));
    },
  } satisfies Partial<Job>;
}

// GitLab refuses blank lines and comments, and keeps quotes as a part of the value.
// Without the prefix, `MONDOO_API_ENDPOINT` and its like would configure cnspec in later jobs.
export function dotenv(values: Record<string, string>): string {
  return Object.entries(values)
    .filter(([name]) => !['status-json', 'error', 'config-path'].includes(name))
    .filter(([, value]) => /^[A-Za-z0-9_./:@+,=-]+$/.test(value))
    .map(([name, value]) => `MONDOO_GATE_${name.replaceAll('-', '_').toUpperCase()}=${value}\n`)
    .join('');
}

function write(option: string, file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const message = `The file of \`--${option}\` could not be written (${errorCode(error)}).`;
    throw new ActionError('runner-error', message, 'Check that its folder exists and that you may write to it.');
  }
}
