import { type Document, isScalar, parseDocument, visit } from 'yaml';
import { lowerCased } from '../util/text.ts';
import { asMap, type CredentialsDocument, type CredentialsText, keyTwice, lowerKeys, place } from './decode.ts';
import { invalid } from './fields.ts';

/** @throws ActionError with the place of a mistake, never the text around it */
export function parseYaml(credentials: CredentialsText): CredentialsDocument {
  const { text } = credentials;
  // The parser's own check of keys takes time with the square of their number.
  const yaml = parseDocument(text, { logLevel: 'error', prettyErrors: false, uniqueKeys: false });
  const duplicate = duplicateKeyIn(yaml);
  if (duplicate !== undefined) throw keyTwice(credentials, duplicate);
  const [mistake] = yaml.errors;
  if (mistake) {
    const problem = `${mistake.code} at ${place(text, mistake.pos[0])}`;
    throw invalid(`The credentials are neither JSON nor valid YAML: ${problem}.`);
  }
  let value: unknown;
  try {
    // A few aliases can unfold into gigabytes.
    value = lowerKeys(yaml.toJS({ maxAliasCount: 0 }));
  } catch {
    throw invalid('The credentials are YAML with aliases ("*name").', 'Replace each alias with its value.');
  }
  return asMap(value, credentials);
}

/** @returns the offset of a key that a map has again, even in another case */
function duplicateKeyIn(yaml: Document): number | undefined {
  const offsets: number[] = [];
  visit(yaml, {
    Map(_, { items }) {
      const seen = new Set<string>();
      const again = items
        .map(({ key }) => key)
        .find((key) => isScalar(key) && seen.size === seen.add(lowerCased(String(key.value))).size);
      if (isScalar(again)) offsets.push(again.range?.[0] ?? 0);
    },
  });
  return offsets[0];
}
