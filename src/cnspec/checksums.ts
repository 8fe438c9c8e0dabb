/**
 * Finds the SHA-256 of a file in the text of a SHA256SUMS file: lines of a sum and a name.
 * @returns lower-case hex, or nothing where the file is not listed
 */
export function checksumIn(sums: string, file: string): string | undefined {
  for (const line of sums.split(/\r?\n/)) {
    // A star before the name says that the file was read as it is.
    const [, sum, name] = /^([\da-fA-F]{64})[ \t]+\*?(\S+)[ \t]*$/.exec(line) ?? [];
    if (name === file) return sum?.toLowerCase();
  }
  return undefined;
}

/** Lists the archives that a SHA256SUMS file knows, for whoever looks for one that it lacks. */
export function archivesIn(sums: string): string[] {
  return [...sums.matchAll(/^[\da-fA-F]{64}[ \t]+\*?(cnspec_[\w.+-]+\.(?:tar\.gz|zip))[ \t]*\r?$/gm)].map(
    ([, name]) => name as string,
  );
}
