import { info, setSecret, warning } from '@actions/core';
import { inWords } from '../report/words.ts';
import { plainText } from '../util/text.ts';
import { WORDS } from './words.ts';

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
