import { isMap } from '../util/json.ts';
import { UNREADABLE } from '../util/text.ts';
import type { CredentialsDocument } from './decode.ts';
import { invalid } from './fields.ts';

const isText = (value: unknown) => typeof value === 'string';

/** The types that cnspec expects. If a field has another one, cnspec can't load the file. */
const TYPES: [type: string, fits: (value: unknown) => boolean, fields: string[]][] = [
  ['text', isText, ['category', 'updates_url', 'providers_url', 'type', 'audience', 'issueruri', 'universedomain']],
  ['a list of strings', (value) => [value].flat().every(isText), ['features', 'scopes']],
  ['a map of strings', (value) => isMap(value) && Object.values(value).every(isText), ['annotations', 'labels']],
  ['an object with text as `method`', (value) => isMap(value) && isText(value.method ?? ''), ['auth']],
  ['an object', isMap, ['scan_interval']],
];

/** How cnspec signs in without the key, by the method of `auth`. */
const OTHER_METHODS = new Map<unknown, string>([
  ['ssh', 'an SSH key (`auth` with the method `ssh`)'],
  ['wif', 'workload identity federation (`auth` with the method `wif`)'],
  ['oauth', "a person's browser login, which expires (`auth` with the method `oauth`)"],
]);

/** Makes sure that cnspec can load a mondoo.yml with these fields and signs in with the key in it. @throws ActionError */
export function requireReadable(document: CredentialsDocument): void {
  const { auth, token, private_key: key } = document;
  const method = token && !key ? 'a token' : OTHER_METHODS.get(isMap(auth) && auth.method);
  if (method) {
    throw invalid(
      `With these credentials, cnspec signs in with ${method}. The action needs a service account with a private key.`,
      'Generate one in the Mondoo Console: Integrations → Supply Chain → Generate Long-Lived Credentials. Or use the JSON for workload identity federation. If the credentials have a `private_key` too, remove `auth`.',
    );
  }
  const problem = findUnreadable(document);
  if (problem) throw invalid(`${problem}. cnspec can't load such a \`mondoo.yml\`.`, 'Correct it in the secret.');
}

function findUnreadable(document: CredentialsDocument): string | undefined {
  for (const [type, fits, fields] of TYPES) {
    const wrong = fields.find((field) => (document[field] ?? undefined) !== undefined && !fits(document[field]));
    if (wrong) return `The field \`${wrong}\` of the credentials isn't ${type}`;
  }
  const values: unknown[] = [document];
  // The loop also visits what is added on the way.
  for (const value of values) {
    const keys = typeof value === 'object' ? Object.keys(value ?? {}) : [];
    if (keys.some((key) => key.includes('\\'))) return 'The credentials have a key with a backslash';
    values.push(...keys, ...keys.map((key) => (value as CredentialsDocument)[key]));
  }
  if (!values.some((value) => typeof value === 'string' && UNREADABLE.test(value))) return undefined;
  return "The credentials have a character that cnspec can't read: U+FFFE, U+FFFF or half of a surrogate pair";
}
