import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  credentialSecrets,
  environmentProxySecrets,
  proxySecrets,
  secretsIn,
  tokenSecrets,
} from '../../src/credentials/secrets.ts';
import { credentials, KEY_PEM, OTHER_KEY_PEM, pemBody, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';

const LINES = KEY_PEM.trimEnd().split('\n');
const LONG_LINES = LINES.filter((line) => line.length >= 16);
const document = credentials();

describe('secretsIn', () => {
  it.each([
    ['pretty-printed JSON', JSON.stringify(document, null, 2)],
    ['JSON in one line', JSON.stringify(document)],
    ['YAML', stringify(document)],
    ['YAML with CRLF line ends', stringify(document).replaceAll('\n', '\r\n')],
    ['JSON of a key with CRLF line ends', JSON.stringify({ private_key: KEY_PEM.replaceAll('\n', '\r\n') })],
    ['JSON that was escaped twice', JSON.stringify(JSON.stringify(document)).replaceAll('\\\\n', '\\n')],
  ])('finds each line, the body and the JSON-escaped form of the key in %s', (_, text) => {
    expect(secretsIn(text)).toEqual(
      expect.arrayContaining([
        ...LONG_LINES,
        pemBody(KEY_PEM),
        JSON.stringify(KEY_PEM).slice(1, -1),
        JSON.stringify(KEY_PEM.trimEnd()).slice(1, -1),
      ]),
    );
  });

  it('finds every key if there are several', () => {
    const secrets = secretsIn(JSON.stringify([KEY_PEM, OTHER_KEY_PEM]));
    expect(secrets).toContain(pemBody(KEY_PEM));
    expect(secrets).toContain(pemBody(OTHER_KEY_PEM));
  });

  it.each(['EC PRIVATE KEY', 'RSA PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
    'finds the lines of an %s',
    (label) => {
      const pem = KEY_PEM.replaceAll('PRIVATE KEY', label);
      expect(secretsIn(pem)).toEqual(expect.arrayContaining(LONG_LINES.slice(1, -1)));
    },
  );

  it('finds the rest of a key that was cut off', () => {
    const cut = KEY_PEM.slice(0, KEY_PEM.indexOf(LINES[3]!) + 20);
    expect(secretsIn(cut)).toEqual(expect.arrayContaining([LINES[1], LINES[2], LINES[3]!.slice(0, 20)]));
  });

  it('finds nothing without a private key: MRNs and endpoints are shown later', () => {
    expect(secretsIn(JSON.stringify({ ...document, private_key: undefined }))).toEqual([]);
    expect(secretsIn('')).toEqual([]);
  });

  it('finds nothing that would be masked all over the log, such as a short text or an MRN', () => {
    for (const indent of [0, 2]) {
      for (const secret of secretsIn(JSON.stringify(document, null, indent))) {
        expect(secret.length).toBeGreaterThanOrEqual(16);
        expect(secret).not.toMatch(/[\r\n]/);
        expect(secret).not.toContain(SERVICE_ACCOUNT_MRN);
        expect(secret).not.toContain('mondoo');
      }
    }
  });

  it('finds every long line of a key, in any place and with any line ends', () => {
    const base64Line = fc.string({
      unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
      minLength: 16,
      maxLength: 64,
    });
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(base64Line, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\r', '\\n', '\\r\\n', '\n  ', '\r\n\t', ' \n', '\n\n', '\\n\\n'),
        fc.boolean(),
        (before, lines, lineEnd, complete) => {
          const pem = ['-----BEGIN PRIVATE KEY-----', ...lines];
          if (complete) pem.push('-----END PRIVATE KEY-----');
          const secrets = secretsIn(before + pem.join(lineEnd));
          expect(secrets).toEqual(expect.arrayContaining([...lines, lines.join('')]));
        },
      ),
    );
  });

  it('never returns a text under 16 characters or with several lines', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '-----BEGIN PRIVATE KEY-----',
        '-----END PRIVATE KEY-----',
        '\n',
        '\\n',
        '\r',
        ...LINES,
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const secret of secretsIn(pieces.join(''))) {
          expect(secret.length).toBeGreaterThanOrEqual(16);
          expect(secret).not.toMatch(/[\r\n]/);
        }
      }),
    );
  });
});

describe('tokenSecrets', () => {
  const base64 = Buffer.from(JSON.stringify(document)).toString('base64');

  it('returns base64 in one line unchanged', () => {
    expect(tokenSecrets(base64)).toEqual([base64]);
  });

  it('returns each line of wrapped base64, and all lines joined', () => {
    const lines = base64.match(/.{1,76}/g)!;
    const secrets = tokenSecrets(`${lines.join('\r\n')}\n`);
    expect(secrets).toEqual([...lines.filter((line) => line.length >= 16), base64]);
  });

  it('ignores short text', () => {
    expect(tokenSecrets('c2hvcnQ=')).toEqual([]);
    expect(tokenSecrets('')).toEqual([]);
  });
});

describe('proxySecrets', () => {
  it('returns the password, encoded and decoded', () => {
    expect(proxySecrets('http://user:p%40ss-word@proxy.example.org:3128')).toEqual([
      'p%40ss-word',
      'p@ss-word',
    ]);
    expect(proxySecrets('http://user:password@proxy.example.org:3128')).toEqual(['password']);
  });

  it('returns nothing if there is no password', () => {
    expect(proxySecrets('http://user@proxy.example.org:3128')).toEqual([]);
    expect(proxySecrets(undefined)).toEqual([]);
  });
});

describe('credentialSecrets', () => {
  const token = `${'a'.repeat(30)}.${'b'.repeat(70)}.${'c'.repeat(80)}`;

  it('finds a registration token in the input for credentials', () => {
    expect(credentialSecrets(token)).toEqual([token]);
    expect(credentialSecrets(`${token.slice(0, 76)}\n${token.slice(76)}\n`)).toContain(token);
  });
});

describe('environmentProxySecrets', () => {
  it.each([
    ['HTTPS_PROXY', 'http://user:password@proxy.example.org:3128', ['password']],
    ['http_proxy', 'user:password@proxy.example.org:3128', ['password']],
    [
      'ALL_PROXY',
      'socks5h://user:p@ss%40word@proxy.example.org',
      ['p@ss%40word', 'p%40ss%40word', 'p@ss@word'],
    ],
    ['HTTP_PROXY', 'http://user:p#ss/word@proxy.example.org', ['p#ss/word']],
    ['HTTP_PROXY', 'http://user@proxy.example.org:3128', []],
    ['HTTP_PROXY', 'http://[::1]:3128', []],
    ['NO_PROXY', 'http://user:password@proxy.example.org', []],
    ['HTTP_PROXY', '', []],
  ])('finds the password in %s=%s', (name, value, secrets) => {
    expect(environmentProxySecrets({ [name]: value })).toEqual(secrets);
  });
});
