import { mapIn } from '../util/json.ts';

/** A JWT in its compact form: three parts in base64url with a dot between them. */
export const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** A JWT that may have other text around it. */
export const JWT_INSIDE = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+(?![\w.-])/;

/** The runner would replace shorter texts wherever they happen to occur. */
const SHORTEST_MASK = 16;

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** A token in JSON or YAML. An MRN or an endpoint in its place must stay readable. */
const TOKEN_FIELD = /(?<![\w-])(?:access_|jwt)?token["']?\s*:\s*["']?((?!\/\/|https?:)[^\s"',}]+)/gi;

/**
 * Finds what must be masked in a text with credentials, however broken it is: tokens, each line of every private key,
 * the key's body in one piece, and the whole key as it is inside JSON.
 * @returns values without line ends, as the runner masks a value line by line, even the short ones
 */
export function secretsIn(text: string): string[] {
  const secrets = [...text.matchAll(PRIVATE_KEY)].flatMap(([pem]) => {
    // Line ends may have been escaped, once or more often, have become blanks, or be gone.
    const lines = pem
      .split(/(?:(?<!\\)\\+[rn]|\s)*(-----[A-Z ]+-----)(?:\\+[rn]|\s)*|(?:(?<!\\)\\+[rn]|\s)+/)
      .filter(Boolean);
    const body = lines.filter((line) => !line.startsWith('-----')).join('');
    const key = lines.join('\n');
    const inJson = [key, `${key}\n`].map((text) => JSON.stringify(text).slice(1, -1));
    return [...lines, ...(body.match(/.{1,64}/g) ?? []), body, ...inJson];
  });
  return maskable([...secrets, ...[...text.matchAll(TOKEN_FIELD)].map(([, token = '']) => token)]);
}

/** Finds what must be masked of credentials as they were given, in any form. */
export function credentialSecrets(given: string): string[] {
  const compact = given.replace(/\s+/g, '');
  // A registration token in the place of credentials is refused, but it is still a secret.
  if (COMPACT_JWT.test(compact)) return tokenSecrets(given);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return secretsIn(given);
  return [...tokenSecrets(given), ...secretsIn(decodeBytes(Buffer.from(compact, 'base64')))];
}

/** Decodes UTF-8, or UTF-16 as PowerShell writes it. */
export function decodeBytes(bytes: Buffer): string {
  return bytes.toString(isUtf16(bytes) ? 'utf16le' : 'utf8');
}

/** Whether bytes are UTF-16 that starts with ASCII, with or without a byte order mark. */
export function isUtf16(bytes: Buffer): boolean {
  return bytes[bytes[0] === 0xff && bytes[1] === 0xfe ? 3 : 1] === 0;
}

/** Finds what must be masked of the fields of credentials, which are unchecked. */
export function documentSecrets(document: Record<string, unknown>): string[] {
  const { private_key: key, api_proxy: proxy, token, auth } = document;
  const textOf = (field: unknown) => (typeof field === 'string' ? field : '');
  const tokens = [token, mapIn(auth).access_token, document.access_token].map(textOf);
  return [...secretsIn(textOf(key)), ...proxySecrets(textOf(proxy)), ...maskable(tokens)];
}

/** Finds what must be masked of the text of mondoo.yml, which later steps may print as it is or as base64. */
export function fileSecrets(text: string): string[] {
  const base64 = Buffer.from(text).toString('base64');
  // The lines of `base64` and of `openssl base64`.
  const lines = [/.{76}/g, /.{64}/g].flatMap((line) => tokenSecrets(base64.replace(line, '$&\n')));
  return maskable([...secretsIn(text), ...lines]);
}

/** Finds what must be masked of a secret without blanks, base64 or a JWT, which may have been folded into lines. */
export function tokenSecrets(token: string): string[] {
  const lines = token.split(/\s+/);
  return maskable([...lines, lines.join(''), ...(JWT_INSIDE.exec(token) ?? [])]);
}

/** Finds what must be masked of the URL of a proxy: its password, encoded and decoded, of any length. */
export function proxySecrets(proxy: string | undefined): string[] {
  const password = URL.parse(proxy ?? '')?.password;
  if (!password) return [];
  try {
    return [...new Set([password, decodeURIComponent(password)])];
  } catch {
    return [password];
  }
}

/** Finds what must be masked of the variables that name proxies, however other programs read them. */
export function environmentProxySecrets(env: NodeJS.ProcessEnv): string[] {
  const secrets = Object.entries(env).flatMap(([name, value = '']) => {
    if (!/^(?:https?|all|mondoo_api)_proxy$/i.test(name)) return [];
    // A password may hold an @ that isn't encoded.
    const password = /^[^:@]*:(.*)@/s.exec(value.replace(/^[a-z][a-z\d+.-]*:\/\//i, ''))?.[1] ?? '';
    return [password, ...proxySecrets(value)];
  });
  return [...new Set(secrets)].filter(Boolean);
}

function maskable(secrets: string[]): string[] {
  return [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_MASK);
}
