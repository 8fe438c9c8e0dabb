/** More names than any machine has providers. */
const MOST = 200;

/**
 * Reads the names of installed providers from the output of `cnspec providers list`, whose lines read
 * `mock 13.0.0 with connectors: mock, upstream`.
 */
export function providersIn(output: string): string[] {
  const names = [
    ...output.matchAll(/^[ \t]*([a-z\d][a-z\d._-]{0,63}) v?\d[\w.+-]{0,63}(?=[ \t\r]*$|[ \t]+with )/gim),
  ];
  return [...new Set(names.map(([, name]) => name as string))].slice(0, MOST);
}
