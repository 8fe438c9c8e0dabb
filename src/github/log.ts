import { info, setSecret, warning } from '@actions/core';
import { plainText } from '../util/text.ts';

const LONGEST_LINE = 1000;

export function log(line: string): void {
  info(plainText(line, LONGEST_LINE));
}

export function warn(text: string): void {
  warning(plainText(text, LONGEST_LINE));
}

/** Makes the runner hide secrets in everything that is printed from here on, until the job ends. */
export function mask(secrets: string[]): void {
  for (const secret of secrets) setSecret(secret);
}
