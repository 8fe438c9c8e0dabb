/** Whether one word may have been meant as another: at most one edit (Levenshtein) for every three letters. */
export function isMisspelling(word: string, meant: string): boolean {
  return isWithin(Math.floor(word.length / 3), word, meant);
}

/** Whether so many edits turn one word into another. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (Math.abs(from.length - to.length) > edits) return false;
  if (from === '' || to === '') return true;
  const [fromRest, toRest] = [from.slice(1), to.slice(1)];
  if (from[0] === to[0]) return isWithin(edits, fromRest, toRest);
  const isClose = (one: string, other: string) => isWithin(edits - 1, one, other);
  // A letter was replaced, added or left out.
  return isClose(fromRest, toRest) || isClose(fromRest, to) || isClose(from, toRest);
}
