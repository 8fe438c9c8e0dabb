import type { ActionError } from '../util/errors.ts';
import { isMap } from '../util/json.ts';
import type { CredentialsDocument } from './decode.ts';
import { invalid } from './fields.ts';

/** Credentials that can't be used. */
export interface Pasted {
  /** As it was given, or without the base64 around it. */
  text: string;
  isDecoded: boolean;
  document?: CredentialsDocument;
}

const PASS_SECRET = 'The action uses the text as it is. Pass the value of the secret.';
const STORE_UNCHANGED = 'Store the JSON unchanged as the secret.';
const COPY_AGAIN = 'Copy the JSON again from the Mondoo Console and store it as the secret.';
const INNER_JSON = 'Store only the inner JSON, from its opening brace to its closing brace.';

type Row = [shows: RegExp | ((pasted: Pasted) => boolean), found: string, fix: string];

/** What people paste instead of credentials: how it shows, what it is, and how to store it right. The first row wins. */
const ROWS: Row[] = [
  [
    /^(?!.*: |\w{2,}:)[\w.:~ /\\()+@-]+\.(?:json|ya?ml)$/i,
    'the path of a file',
    'Store the content of the file as the secret.',
  ],
  [
    /^(?:\$\{?\w+\}?|\$env:\w+|(?:\$?\{+ *)?(?:secrets|vars|env)\.\w+(?: *\}+)?|%\w+%|op:\/\/.+)$/,
    'a reference to a secret, not the secret itself',
    PASS_SECRET,
  ],
  [
    /^eyJ[\w\s-]+\.[\w\s-]+\.[\w\s-]+$/,
    'a registration token',
    'Pass it with the input `registration-token` instead of `credentials`.',
  ],
  [/^[\w.-]{1,64}$/, 'a name, not the credentials', PASS_SECRET],
  [/^(["'`])[\w+/=\s]{64,}\1$/, 'base64 in quotes', 'Store the base64 without the quotes.'],
  [/^[\w+/=\s]{64,}%$/, 'base64 with a `%` at the end, which a shell printed', 'Store the base64 without the `%`.'],
  [
    ({ text, isDecoded }) => isDecoded && /^[\w+/=\s]{64,}$/.test(text),
    'JSON that was encoded as base64 twice',
    STORE_UNCHANGED,
  ],
  // Base64 of an opening brace, in UTF-8 or UTF-16, with or without a byte order mark.
  [
    /^-----BEGIN CERTIFICATE-----\s*(?:e[yw]|77u\/e|\/\/57)/,
    'the output of `certutil -encode`',
    'Store it without its first and last line.',
  ],
  [/^data:[^,]*,/, 'a `data:` URL', 'Store only the text after the comma.'],
  [/^"?\{\s*(?:\\+[nrt]\s*)*\\+["nrt]/, 'JSON with escaped quotes or line breaks', STORE_UNCHANGED],
  [/^(?:```|~~~)/, 'JSON in a Markdown code fence', 'Store the JSON without the fence.'],
  [/^[\u200b-\u200f\u2060\ufeff]/, 'JSON with an invisible character before it', STORE_UNCHANGED],
  [
    /^(?:\S*[$>❯]|[^\s#]\S*[#%])\s[^{]*\{/,
    'JSON with a shell prompt before it',
    'Store the JSON without the prompt and the command.',
  ],
  [/\*\*\*/, 'text with `***`, as if it was copied from a log', COPY_AGAIN],
  [isWrapped, 'JSON with a name before it, or inside another object', INNER_JSON],
  [
    ({ document = {} }) => !document.mrn && document.type !== 'external_account' && 'audience' in document,
    "a workload identity JSON, but its field `type` isn't `external_account`",
    COPY_AGAIN,
  ],
];

function isWrapped({ text, document }: Pasted): boolean {
  if (!document) return /^(?:export\s+)?[\w.-]+\s*[:=]\s*["']?\{/.test(text);
  const isInner = (value: unknown) => isMap(value) && ['mrn', 'private_key', 'audience'].some((key) => key in value);
  return !document.mrn && Object.values(document).some(isInner);
}

/** Says what was pasted instead of credentials, if that is known. */
export function diagnose(pasted: Pasted): ActionError | undefined {
  const row = ROWS.find(([shows]) => (shows instanceof RegExp ? shows.test(pasted.text) : shows(pasted)));
  return row && invalid(`The text that was passed as credentials is ${row[1]}.`, row[2]);
}
