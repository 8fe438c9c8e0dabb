import { ActionError, FINDINGS, type FindingCode } from '../util/errors.ts';
import { isMisspelling } from '../util/misspelling.ts';
import { plainText } from '../util/text.ts';

/**
 * Reads the input fail-on.
 * @throws ActionError `invalid-input`
 */
export function parseFailOn(text: string): ReadonlySet<FindingCode> {
  const words = text.split(/[\s,]+/).filter(Boolean);
  const [only] = words;
  // A run that is skipped passes: that is what it was asked for.
  const known: readonly FindingCode[] = FINDINGS.filter((finding) => finding !== 'skipped');
  if (words.length === 1 && only === 'all') return new Set(known);
  if (words.length === 1 && only === 'none') return new Set();

  const isKnown = (word: string): word is FindingCode => (known as readonly string[]).includes(word);
  if (words.length > 0 && words.every(isKnown)) return new Set(words);
  throw new ActionError(
    'invalid-input',
    `The input fail-on has ${describeMistake(words, known)}.`,
    `Use all, none, or a list of findings: ${known.join(', ')}.`,
  );
}

function describeMistake(words: string[], known: readonly string[]): string {
  if (words.includes('all') || words.includes('none')) return '"all" or "none" beside other words';
  const wrong = words.find((word) => !known.includes(word));
  if (wrong === undefined) return 'no word in it';
  const meant = known.find((finding) => isMisspelling(wrong, finding));
  const found = `"${plainText(wrong, 60)}" in it, which is no finding`;
  return meant === undefined ? `${found} that can fail a job` : `${found}: ${meant} is one`;
}
