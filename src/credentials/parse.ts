import { type CredentialsDocument, type CredentialsText, parseJson } from './decode.ts';

/**
 * Parses credentials into their keys and values; a key that is there twice is refused.
 * @throws ActionError `invalid-credentials`, which tells the place of a mistake and never the text around it
 */
export async function parseCredentials(credentials: CredentialsText): Promise<CredentialsDocument> {
  if (!credentials.form.endsWith('JSON')) {
    // Few credentials are YAML, and the parser takes longer to load than all the rest.
    const { parseYaml } = await import('./yaml.ts');
    return parseYaml(credentials);
  }
  return parseJson(credentials);
}
