import { isUtf8 } from 'node:buffer';
import { duplicateKeyIn } from './duplicate-key.ts';
import { invalid, isMap, kindOf } from './fields.ts';
import { COMPACT_JWT } from './secrets.ts';

type Syntax = 'JSON' | 'YAML';

/** Credentials as text that a parser can read: without base64 around it, byte order mark or outer white space. */
export interface CredentialsText {
  form: Syntax | `base64 of ${Syntax}`;
  text: string;
}

/** The keys and values of credentials, unchecked. */
export type CredentialsDocument = Record<string, unknown>;

/**
 * Takes the base64 off credentials, if there is any, and tells JSON from YAML by content.
 * @param given not blank
 * @throws ActionError
 */
export function decodeCredentials(given: string): CredentialsText {
  const text = given.trim();
  if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---')) return { form: syntaxOf(text), text };

  const compact = text.replace(/\s+/g, '');
  if (/[-_]/.test(compact)) {
    throw invalid(
      'The credentials look like URL-safe base64: they have "-" or "_" where standard base64 has "+" or "/".',
      'Encode the credentials file with standard base64 (`base64 -w0 credentials.json`), or store the JSON as it is.',
    );
  }
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64') !== compact || !isUtf8(bytes)) {
    throw invalid(
      `The credentials are neither JSON nor YAML, and the ${compact.length} characters that are there cannot be decoded as base64: they are cut off or are something else, such as a path or a name.`,
    );
  }
  const decoded = bytes.toString('utf8').trim();
  return { form: `base64 of ${syntaxOf(decoded)}`, text: decoded };
}

/** @throws ActionError with the place of a mistake, never the text around it */
export function parseJson(credentials: CredentialsText): CredentialsDocument {
  const { form, text } = credentials;
  if (!form.endsWith('JSON')) throw invalid('The credentials are not JSON: they do not start with "{".');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const subject = form === 'JSON' ? 'The credentials' : 'The credentials are base64; decoded they';
    throw invalid(
      `${subject} start with "{" but are not valid JSON: ${jsonMistake(error as SyntaxError, text)} (of ${text.length} characters).`,
    );
  }
  const duplicate = duplicateKeyIn(text);
  if (duplicate !== undefined) throw keyTwice(credentials, duplicate);
  return asMap(value, credentials);
}

function syntaxOf(text: string): Syntax {
  return text.startsWith('{') ? 'JSON' : 'YAML';
}

/** The parser's message quotes the text: only its kind and the number in it are safe. */
function jsonMistake({ message }: SyntaxError, text: string): string {
  if (/^(Unexpected end|Unterminated)/.test(message)) return 'they end too early';
  const offset = /at position (\d+)/.exec(message)?.[1];
  return offset === undefined ? 'there is a mistake in the text' : `the mistake is at ${place(text, Number(offset))}`;
}

/** @param offset of the second one */
export function keyTwice({ form, text }: CredentialsText, offset: number) {
  return invalid(
    `The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`,
    'Remove the one that is out of date, or copy the credentials from the Mondoo Console again.',
  );
}

export function asMap(value: unknown, { form }: CredentialsText): CredentialsDocument {
  if (isMap(value)) return value;
  throw invalid(
    `The credentials (${form}) hold ${kindOf(value)} where a JSON object with the keys mrn, private_key, certificate and so on is expected.`,
    remedyFor(value),
  );
}

function remedyFor(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.trimStart().startsWith('{')) {
    return 'The object was put into quotes and escaped once more. Store it as the Mondoo Console shows it, starting with {.';
  }
  return COMPACT_JWT.test(value.replace(/\s+/g, ''))
    ? 'It has the shape of a registration token: pass that with the input registration-token, in place of credentials.'
    : undefined;
}

export function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
