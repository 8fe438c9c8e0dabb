import { parseDocument } from 'yaml';
import { lowerCased } from '../util/text.ts';
import { asMap, type CredentialsDocument, type CredentialsText, keyTwice, lowerKeys, place } from './decode.ts';
import { invalid } from './fields.ts';

/** @throws ActionError with the place of a mistake, never the text around it */
export function parseYaml(credentials: CredentialsText): CredentialsDocument {
  const { text } = credentials;
  const uniqueKeys = (one: unknown, other: unknown) => lowerCased(String(one)) === lowerCased(String(other));
  const yaml = parseDocument(text, { logLevel: 'error', prettyErrors: false, uniqueKeys });
  const duplicate = yaml.errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (duplicate) throw keyTwice(credentials, duplicate.pos[0]);
  const [mistake] = yaml.errors;
  if (mistake) {
    throw invalid(
      `The credentials are neither JSON nor valid YAML: ${mistake.code} at ${place(text, mistake.pos[0])}.`,
    );
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
