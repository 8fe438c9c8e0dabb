import type { CredentialsDocument } from '../credentials/decode.ts';
import { isMap } from '../util/json.ts';
import { MARK } from './read.ts';

/**
 * The keys and values of mondoo.yml: every key that the credentials had, and what the step adds.
 * @param additions replace values of the credentials, unless they are undefined
 * @param annotations join those of the credentials
 */
export function mondooConfig(
  credentials: CredentialsDocument,
  additions: CredentialsDocument,
  annotations: Record<string, string>,
): CredentialsDocument {
  const added = Object.entries(additions).filter(([, value]) => value !== undefined);
  const config: CredentialsDocument = { ...credentials, ...Object.fromEntries(added) };
  const { certificate } = config;
  if (typeof certificate === 'string') config.certificate = certificate.replace(/(?<![ \t\r])[ \t\r]+\n/g, '\n');
  if (Object.keys(annotations).length > 0) {
    config.annotations = { ...(config.annotations as object), ...annotations };
  }
  return config;
}

/**
 * Writes the text of mondoo.yml, each PEM as a block of lines, as cnspec itself does.
 *
 * cnspec's YAML 1.1 parser reads U+0085, U+2028 and U+2029 as line breaks. So text is plain only if no parser can
 * misread it, and otherwise escaped on one line in double quotes.
 * @param source where the credentials came from, as plain text
 */
export function renderMondooYml(config: CredentialsDocument, source: string): string {
  const mark = `${MARK} from ${source}. Its cleanup removes this file. The file holds a private key: do not copy it.`;
  return `${mark}\n${block(config)}`;
}

const PEM = /^-----BEGIN [A-Z ]+-----\n(?:[\w+/=]+\n)+-----END [A-Z ]+-----\n?$/;

/** Words, MRNs and URLs. */
const PLAIN = /^[A-Za-z/](?:[\w./@%+-]|:(?=[\w/])| (?=[\w/]))*$/;

const WORD_WITH_MEANING = /^(?:y|yes|n|no|true|false|on|off|null|e\d+)$/i;

/** Characters that YAML parsers read as line breaks, reject, or drop. */
const MISREAD = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function block(map: object, indent = ''): string {
  const deeper = `${indent}  `;
  const entries = Object.entries(map).map(([name, value]) => {
    const key = flow(name);
    // A key of more than 1024 characters needs a question mark.
    const lead = `${indent}${key.length > 1000 ? `? ${key}\n${indent}` : key}:`;
    if (isMap(value) && Object.keys(value).length > 0) return `${lead}\n${block(value, deeper)}`;
    if (typeof value !== 'string' || !PEM.test(value)) return `${lead} ${flow(value)}\n`;
    const lines = value.trimEnd().replaceAll('\n', `\n${deeper}`);
    return `${lead} ${value.endsWith('\n') ? '|' : '|-'}\n${deeper}${lines}\n`;
  });
  return entries.join('');
}

/** Plain text, or JSON on one line, which is YAML too. YAML 1.1 needs a blank after each colon. */
function flow(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value) && !WORD_WITH_MEANING.test(value)) return value;
  const json = JSON.stringify(value ?? null, null, 1).replace(/(,?)\n */g, (_, comma) => comma && ', ');
  return json.replace(MISREAD, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
