import { proxyLogin } from '../util/url.ts';

/** The shape of a JWT in its compact form: three parts in base64url with a dot between them. */
export const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The shortest text worth masking: the runner would replace a shorter one wherever it happens to occur. */
const SHORTEST_MASK = 16;

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * Finds what has to be masked in a text with credentials, however broken it is: each line of every private
 * key, the key's body in one piece, and the whole key as it stands inside JSON.
 *
 * The runner registers a value of several lines line by line, the short ones too; so no value has a line end.
 * MRNs and endpoints are no secrets: masking them would blank out later outputs.
 */
export function secretsIn(text: string): string[] {
  const secrets = new Set<string>();
  for (const [pem] of text.matchAll(PRIVATE_KEY)) {
    // Line ends may have been escaped, once or more often, have become blanks, or be gone.
    const lines = pem
      .split(/(?:(?<!\\)\\+[rn]|\s)*(-----[A-Z ]+-----)(?:\\+[rn]|\s)*|(?:(?<!\\)\\+[rn]|\s)+/)
      .filter(Boolean);
    const body = lines.filter((line) => !line.startsWith('-----')).join('');
    const unfolded = lines.join('\n');
    const folded = body.match(/.{1,64}/g) ?? [];
    for (const secret of [...lines, ...folded, body, escaped(unfolded), escaped(`${unfolded}\n`)]) secrets.add(secret);
  }
  return [...secrets].filter((secret) => secret.length >= SHORTEST_MASK);
}

/** Finds what has to be masked of credentials as they were given, in whatever form, before anything else is done. */
export function credentialSecrets(given: string): string[] {
  const compact = given.replace(/\s+/g, '');
  // A registration token in the place of credentials is refused, but it is a secret all the same.
  if (COMPACT_JWT.test(compact)) return tokenSecrets(given);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return secretsIn(given);
  // The runner masks no decoded content.
  return [...tokenSecrets(given), ...secretsIn(Buffer.from(compact, 'base64').toString('utf8'))];
}

/** Finds what has to be masked of the fields of credentials, which nobody has checked yet. */
export function documentSecrets(document: unknown): string[] {
  const { private_key, api_proxy, jwtToken } = (document ?? {}) as Record<string, unknown>;
  return [
    ...secretsIn(typeof private_key === 'string' ? private_key : ''),
    ...proxySecrets(typeof api_proxy === 'string' ? api_proxy : undefined),
    // Anything else in its place is no secret, and an MRN or an endpoint would be blank from then on.
    ...(typeof jwtToken === 'string' && COMPACT_JWT.test(jwtToken.replace(/\s+/g, '')) ? tokenSecrets(jwtToken) : []),
  ];
}

/** Finds what has to be masked of the text of mondoo.yml, which later steps may print as it is or as base64. */
export function fileSecrets(text: string): string[] {
  const base64 = Buffer.from(text).toString('base64');
  // In one piece and in the lines of `base64` and of `openssl base64`: the runner does not find the key in them.
  const lines = [/.{76}/g, /.{64}/g].flatMap((line) => tokenSecrets(base64.replace(line, '$&\n')));
  return [...new Set([...secretsIn(text), ...lines])];
}

/** Finds what has to be masked of a secret without blanks, base64 or a JWT, which may have been folded into lines. */
export function tokenSecrets(token: string): string[] {
  const lines = token.split(/\s+/);
  return [...new Set([...lines, lines.join('')])].filter((secret) => secret.length >= SHORTEST_MASK);
}

/** Finds what has to be masked of the URL of a proxy: its password, encoded and decoded, whatever its length. */
export function proxySecrets(proxy: string | undefined): string[] {
  const password = URL.parse(proxy ?? '')?.password;
  if (!proxy || !password) return [];
  try {
    return [...new Set([password, proxyLogin(proxy).password])].filter(Boolean);
  } catch {
    return [password];
  }
}

/**
 * Finds what has to be masked of the variables by which programs find their proxies, whatever is written there:
 * other programs than this one read them, and in other ways.
 */
export function environmentProxySecrets(env: NodeJS.ProcessEnv): string[] {
  const secrets = Object.entries(env)
    .filter(([name]) => /^(?:https?|all)_proxy$/i.test(name))
    .flatMap(([, value = '']) => {
      // A password may hold an @ that nobody encoded.
      const [, password = ''] = /^[^:@]*:(.*)@/s.exec(value.replace(/^[a-z][a-z\d+.-]*:\/\//i, '')) ?? [];
      return [password, ...proxySecrets(value)];
    });
  return [...new Set(secrets)].filter(Boolean);
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
