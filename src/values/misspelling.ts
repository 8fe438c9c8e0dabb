import { distance } from 'fastest-levenshtein';

/** How many letters may differ in a word that is misspelt. */
const FEW_LETTERS = 3;

/** Tells whether one word may have been meant as another. */
export function isMisspelling(word: string, meant: string): boolean {
  return distance(word, meant) <= FEW_LETTERS;
}
