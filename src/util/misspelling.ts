/** Whether one word may have been meant as another: at most one edit (Levenshtein) for every three letters. */
export function isMisspelling(word: string, meant: string): boolean {
  const most = Math.floor(word.length / 3);
  return Math.abs(word.length - meant.length) <= most && editDistance(word, meant) <= most;
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] as number) + (to[at - 1] === letter ? 0 : 1);
      next.push(Math.min((next[at - 1] as number) + 1, (row[at] as number) + 1, replaced));
    }
    row = next;
  }
  return row.at(-1) as number;
}
