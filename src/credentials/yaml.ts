import { parseDocument } from 'yaml';
import { ActionError } from '../util/errors.ts';
import { asMap, COPY_AGAIN, type CredentialsDocument, type CredentialsText, keyTwice, place } from './decode.ts';

/**
 * Parses credentials that are YAML, such as a mondoo.yml.
 * @throws ActionError `invalid-credentials`, which tells the place of a mistake and never the text around it
 */
export function parseYaml(credentials: CredentialsText): CredentialsDocument {
  const { form, text } = credentials;
  const yaml = parseDocument(text, { logLevel: 'error', prettyErrors: false, uniqueKeys: true });
  const duplicate = yaml.errors.find((error) => error.code === 'DUPLICATE_KEY');
  if (duplicate) throw keyTwice(credentials, duplicate.pos[0]);
  const mistake = yaml.errors[0];
  if (mistake) {
    throw new ActionError(
      'invalid-credentials',
      `The credentials are neither JSON (they do not start with "{") nor valid YAML: ${mistake.code} at ${place(text, mistake.pos[0])}.`,
      COPY_AGAIN,
    );
  }
  try {
    // No credentials need an alias, and a few of them can unfold into gigabytes.
    return asMap(yaml.toJS({ maxAliasCount: 0 }), form);
  } catch (error) {
    if (error instanceof ActionError) throw error;
    throw new ActionError(
      'invalid-credentials',
      'The credentials are YAML with aliases ("*name"), which a mondoo.yml does not need.',
      'Write the values out where the aliases are.',
    );
  }
}
