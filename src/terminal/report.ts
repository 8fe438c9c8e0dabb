import { closeSync, constants as flags, openSync, writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import type { Job } from '../job.ts';
import { annotationText } from '../report/annotation.ts';
import { findingTitle, titleOf } from '../report/facts.ts';
import { junitXml } from '../report/junit.ts';
import { statusLines } from '../report/log.ts';
import { dotenv, outputs, withdrawn } from '../report/outputs.ts';
import { inWords, verdictInWords, type Words } from '../report/words.ts';
import type { Finding } from '../status/finding.ts';
import { ActionError, errorCode } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import type { Options } from './options.ts';

/** Replaces words of the core by those of a command line. */
export const WORDS: Words = [
  // The command installs no cnspec.
  [/(?:, or s|\. Or s|\. S)et the input `cnspec-version`[^.]*/g, ''],
  [/, or leave (?:the input|`config-path`) out(?=\.)/g, ''],
  [/\b([Tt])he input `registration-token`/g, '$1he variable `MONDOO_REGISTRATION_TOKEN`'],
  [/\b([Tt])he input\b/g, '$1he option'],
  [/\b([Tt]he option) `(name|timeout|credentials)`/g, '$1 `--$2`'],
  [/set `register: false`/g, 'use the command `check`'],
  [/Store the content of the file as the secret\./g, 'Pass the path with `--credentials`.'],
  [/\b[Tt]he cleanup after the job\b/g, '`register-cnspec cleanup`'],
  [/`config-path`/g, '`--config`'],
  [/`annotations`/g, '`--annotation`'],
  [/`(api-endpoint|api-proxy|expect-space|max-clock-skew)`/g, '`--$1`'],
  [/`(fail-on|on-missing-credentials|verify-with-cnspec)(?::( \w+))?`/g, '`--$1$2`'],
  [/\bth(?:e|is) (?:action|step)\b/gi, 'register-cnspec'],
];

/** Prints what people read: on stdout, or on stderr if stdout is for JSON. Colored on a terminal only. */
export function createOutput({ json, option }: Options, isAzure: boolean) {
  const stream = json ? process.stderr : process.stdout;
  const print = (text: string, color?: 'green' | 'red' | 'yellow') =>
    void stream.write(`${color ? styleText(color, text, { stream }) : text}\n`);
  const plain = (text: string) => plainText(inWords(text, WORDS), 1000);
  const explain = (finding: Finding, fatal: Finding[], mark: string, color: 'red' | 'yellow') => {
    print(`${mark} ${plain(findingTitle(finding, fatal))}`, color);
    print(annotationText([finding], (code) => `docs/troubleshooting.md#${code}`));
  };
  const write = (name: 'dotenv' | 'junit', text: string): ActionError | undefined => {
    if (option(name) === '') return undefined;
    try {
      // A checkout may have put a link there.
      const file = openSync(option(name), flags.O_WRONLY | flags.O_CREAT | flags.O_TRUNC | flags.O_NOFOLLOW);
      writeFileSync(file, text);
      return void closeSync(file);
    } catch (error) {
      const message = `The file of \`--${name}\` could not be written (${errorCode(error)}).`;
      return new ActionError('runner-error', message, 'Check that its folder exists and that you may write to it.');
    }
  };
  const printJson = (values: object) => void (json && process.stdout.write(`${JSON.stringify(values)}\n`));
  return {
    log: (line) => print(plain(line)),
    warn: (text) => print(`! ${plain(text)}`, 'yellow'),
    /** Azure Pipelines reads masks on stdout, and unescapes them. Other CIs have none that a program can set. */
    mask: (secrets) => {
      const escaped = (text: string) => text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
      if (isAzure && !json) for (const secret of secrets) print(`##vso[task.setsecret]${escaped(secret)}`);
    },
    report(result, found) {
      const verdict = verdictInWords(found, WORDS);
      for (const line of statusLines(result, verdict)) print(line);
      if (verdict.status === 'ok') print(`→ ${titleOf(result, verdict)}`, 'green');
      for (const finding of verdict.tolerated) explain(finding, verdict.fatal, verdict.passed ? '→' : '!', 'yellow');
      for (const finding of verdict.fatal) explain(finding, verdict.fatal, 'x', 'red');
      const values = outputs(result, verdict);
      // The one that later jobs read comes last.
      const obstacle = write('junit', junitXml(result, verdict)) ?? write('dotenv', dotenv(values));
      if (obstacle) throw obstacle;
      printJson(values);
    },
    reportFailure(obstacle) {
      explain(obstacle, [obstacle], 'x', 'red');
      printJson(withdrawn(obstacle));
      write('dotenv', dotenv(withdrawn(obstacle)));
    },
  } satisfies Partial<Job>;
}
