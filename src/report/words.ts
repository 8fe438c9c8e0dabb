import type { Finding } from '../status/finding.ts';
import type { Verdict } from '../status/verdict.ts';

/** Replaces words of the core by those of a CI. */
export type Words = readonly (readonly [core: RegExp, here: string])[];

/** The code spans that rules may change: names, with or without a value, and variables. All others are values. */
const OWN = /^`(?:[a-z-]+(?:: \w+)?|[A-Z\d_]+)`$/;

export function inWords(text: string, words: Words): string {
  const foreign: string[] = [];
  const own = text.replace(/"[^"]*"|`[^`]*`/g, (part) => (OWN.test(part) ? part : `\0${foreign.push(part) - 1}\0`));
  const said = words.reduce((result, [core, here]) => result.replace(core, here), own);
  return said.replace(/\0(\d+)\0/g, (_, at) => foreign[at]!);
}

/** Puts the findings of a verdict into the words of a CI. */
export function verdictInWords({ fatal, tolerated, ...verdict }: Verdict, words: Words): Verdict {
  const say = (text: string) => inWords(text, words);
  const translated = (finding: Finding) => ({ ...finding, message: say(finding.message), remedy: say(finding.remedy) });
  return { ...verdict, fatal: fatal.map(translated), tolerated: tolerated.map(translated) };
}
