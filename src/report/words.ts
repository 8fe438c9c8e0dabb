import type { Finding } from '../status/finding.ts';
import type { Verdict } from '../status/verdict.ts';

/** Replaces words of the core by those of a CI. */
export type Words = readonly (readonly [core: RegExp, here: string])[];

export function inWords(text: string, words: Words): string {
  return words.reduce((said, [core, here]) => said.replace(core, here), text);
}

/** Puts the findings of a verdict into the words of a CI. */
export function verdictInWords({ fatal, tolerated, ...verdict }: Verdict, words: Words): Verdict {
  const say = (text: string) => inWords(text, words);
  const translated = (finding: Finding) => ({ ...finding, message: say(finding.message), remedy: say(finding.remedy) });
  return { ...verdict, fatal: fatal.map(translated), tolerated: tolerated.map(translated) };
}
