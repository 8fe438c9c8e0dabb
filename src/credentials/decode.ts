import { isUtf8 } from 'node:buffer';
import { isMap } from '../util/json.ts';
import { lowerCased } from '../util/text.ts';
import { invalid } from './fields.ts';
import { decodeBytes, isUtf16 } from './secrets.ts';

type Syntax = 'JSON' | 'YAML';

/** Credentials as text that a parser can read: without base64 around it, byte order mark or outer white space. */
export interface CredentialsText {
  form: Syntax | `base64 of ${Syntax}`;
  text: string;
}

/** The keys and values of credentials, unchecked. Keys are in lower case. */
export type CredentialsDocument = Record<string, unknown>;

/** Takes the base64 off credentials that aren't blank, and finds out by content whether they are JSON or YAML. @throws ActionError */
export function decodeCredentials(given: string): CredentialsText {
  const text = given.trim();
  if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---')) return { form: syntaxOf(text), text };

  const compact = text.replace(/\s+/g, '');
  if (/[-_]/.test(compact)) {
    throw invalid(
      'The credentials look like URL-safe base64. They have `-` or `_` instead of `+` or `/`.',
      'Use standard base64 (`base64 -w0 credentials.json`), or store the JSON unchanged.',
    );
  }
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64') !== compact || !(isUtf8(bytes) || isUtf16(bytes))) {
    throw invalid(
      "The credentials are neither JSON nor YAML, and can't be decoded as base64. They are cut off or something else, such as a path or a name.",
      undefined,
      `Length: ${compact.length} characters`,
    );
  }
  const decoded = decodeBytes(bytes).trim();
  return { form: `base64 of ${syntaxOf(decoded)}`, text: decoded };
}

/** @throws ActionError with the place of a mistake, never the text around it */
export function parseJson(credentials: CredentialsText): CredentialsDocument {
  const { form, text } = credentials;
  if (!form.endsWith('JSON')) throw invalid("The credentials aren't JSON. They don't start with an opening brace.");
  let value: unknown;
  try {
    value = lowerKeys(JSON.parse(text));
  } catch (error) {
    const message = `The credentials (${form}) aren't valid JSON: ${jsonMistake(error as SyntaxError, text)}.`;
    throw invalid(message, undefined, `Length: ${text.length} characters`);
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
  return offset === undefined ? 'there is an error in the text' : `there is an error at ${place(text, Number(offset))}`;
}

/** Lower-cases every key, nested ones too, as cnspec does when it reads them. */
export function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [lowerCased(key), lowerKeys(inner)]));
}

/** @param offset of the second one */
export function keyTwice({ form, text }: CredentialsText, offset: number) {
  return invalid(
    `The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`,
    'Remove the outdated one, or copy the credentials again from the Mondoo Console.',
  );
}

export function asMap(value: unknown, { form }: CredentialsText): CredentialsDocument {
  if (isMap(value)) return value;
  const kind = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw invalid(`The credentials (${form}) hold ${kind} instead of fields such as \`mrn\`.`);
}

export function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** The keys, the other strings and the brackets of JSON, one match each. */
const TOKENS = /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/gs;

/** @returns the offset of a key that an object of valid JSON has again, even in another case: JSON.parse keeps the last one silently */
export function duplicateKeyIn(json: string): number | undefined {
  // A list has no keys.
  const open: Set<string>[] = [];
  for (const { 0: token, 1: key, index } of json.matchAll(TOKENS)) {
    if (key !== undefined) {
      const name = lowerCased(JSON.parse(key));
      if (open.at(-1)?.has(name)) return index;
      open.at(-1)?.add(name);
    } else if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
  }
  return undefined;
}
