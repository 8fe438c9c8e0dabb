import { ActionError } from '../util/errors.ts';
import { duplicateKeyIn } from './duplicate-key.ts';
import { COMPACT_JWT } from './secrets.ts';

/** In which of the accepted forms credentials were given. */
export type CredentialsForm = 'JSON' | 'base64 of JSON' | 'YAML' | 'base64 of YAML';

/** Credentials as text that a parser can read: without base64 around it, byte order mark or outer white space. */
export interface CredentialsText {
  form: CredentialsForm;
  text: string;
}

/** The keys and values of a credentials document, as found. */
export type CredentialsDocument = Record<string, unknown>;

export const COPY_AGAIN =
  'Copy the credentials again as the Mondoo Console shows them, from the first { to the last }, and store that as the secret.';

/**
 * Takes the base64 off credentials, if there is any, and tells JSON from YAML by content.
 * @param given the secret as it was stored; not blank
 * @throws ActionError `invalid-credentials`
 */
export function decodeCredentials(given: string): CredentialsText {
  // Takes a byte order mark off as well.
  const text = given.trim();
  if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---')) return { form: formOf(text), text };

  const compact = text.replace(/\s+/g, '');
  if (/[-_]/.test(compact)) {
    throw new ActionError(
      'invalid-credentials',
      'The credentials look like URL-safe base64: they have "-" or "_" where standard base64 has "+" or "/".',
      'Encode the credentials file with standard base64 (`base64 -w0 credentials.json`), or store the JSON as it is.',
    );
  }
  // Text of a single word, a file name for one, passes for base64 until it is decoded.
  const bytes = /^[A-Za-z0-9+/]*={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : Buffer.alloc(0);
  const isComplete = () => bytes.toString('base64').replace(/=+$/, '') === compact.replace(/=+$/, '');
  if (compact.length % 4 !== 0 || !isUtf8(bytes) || !isComplete()) {
    throw new ActionError(
      'invalid-credentials',
      `The credentials are neither JSON nor YAML, and the ${compact.length} characters that are there cannot be decoded as base64: they are cut off or are something else, such as a path or a name.`,
      COPY_AGAIN,
    );
  }
  const decoded = bytes.toString('utf8').trim();
  return { form: `base64 of ${formOf(decoded)}`, text: decoded };
}

/**
 * Parses credentials that are JSON.
 * @throws ActionError `invalid-credentials`
 */
export function parseJson(credentials: CredentialsText): CredentialsDocument {
  const { form, text } = credentials;
  if (!form.endsWith('JSON')) {
    throw new ActionError(
      'invalid-credentials',
      'The credentials are not JSON: they do not start with "{".',
      COPY_AGAIN,
    );
  }
  const value = parse(credentials);
  const duplicate = duplicateKeyIn(text);
  if (duplicate !== undefined) throw keyTwice(credentials, duplicate);
  return asMap(value, form);
}

function formOf(text: string): 'JSON' | 'YAML' {
  return text.startsWith('{') ? 'JSON' : 'YAML';
}

function isUtf8(bytes: Buffer): boolean {
  return bytes.length > 0 && bytes.equals(Buffer.from(bytes.toString('utf8'), 'utf8'));
}

function parse({ form, text }: CredentialsText): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const subject = form === 'JSON' ? 'The credentials' : 'The credentials are base64; decoded they';
    throw new ActionError(
      'invalid-credentials',
      `${subject} start with "{" but are not valid JSON: ${jsonMistake((error as SyntaxError).message, text)} (of ${text.length} characters).`,
      COPY_AGAIN,
    );
  }
}

/** The parser's message quotes the text; only its kind and the number in it are safe to show. */
function jsonMistake(message: string, text: string): string {
  if (/^(Unexpected end|Unterminated)/.test(message)) return 'they end too early';
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined
    ? 'there is a mistake in the text'
    : `the mistake is at ${place(text, Number(position))}`;
}

/** @param offset of the second one */
export function keyTwice({ form, text }: CredentialsText, offset: number): ActionError {
  return new ActionError(
    'invalid-credentials',
    `The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`,
    'Remove the one that is out of date, or copy the credentials from the Mondoo Console again.',
  );
}

/** @throws ActionError if there is anything else than keys and values */
export function asMap(value: unknown, form: CredentialsForm): CredentialsDocument {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as CredentialsDocument;
  const found = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  const remedy =
    typeof value !== 'string'
      ? COPY_AGAIN
      : /^\s*\{/.test(value)
        ? 'The object was put into quotes and escaped once more. Store it as the Mondoo Console shows it, starting with {.'
        : COMPACT_JWT.test(value.replace(/\s+/g, ''))
          ? 'It has the shape of a registration token: pass that with the input registration-token, in place of credentials.'
          : COPY_AGAIN;
  throw new ActionError(
    'invalid-credentials',
    `The credentials (${form}) hold ${found} where a JSON object with the keys mrn, private_key, certificate and so on is expected.`,
    remedy,
  );
}

export function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
