import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPrivateKey } from '../../src/credentials/private-key.ts';
import { secretsIn } from '../../src/credentials/secrets.ts';
import { CERTIFICATE_PEM, failureOf, KEY_PEM, OTHER_KEY_PEM, pem, pemBody, pkcs8 } from '../fixtures.ts';

function refusalOf(text: string): { message: string; remedy: string } {
  const error = failureOf(() => readPrivateKey(text), pemBody(text));
  expect(error.code).toBe('invalid-credentials');
  expect(error.message).toMatch(/^The field `private_key` of the credentials /);
  expect(error.remedy).not.toBe('');
  return error;
}

const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const [begin, ...rest] = KEY_PEM.trimEnd().split('\n');
const end = rest.pop();

describe('a PKCS#8 P-384 key', () => {
  it('is read as the same key that the PEM contains', () => {
    const key = readPrivateKey(KEY_PEM);
    expect(key.type).toBe('private');
    expect(key.asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
    expect(pem(key)).toBe(KEY_PEM);
  });

  it.each([
    ['CRLF line ends', KEY_PEM.replaceAll('\n', '\r\n')],
    ['no line end after the last line', KEY_PEM.trimEnd()],
    ['blank lines around it', `\n\n${KEY_PEM}\n\n`],
  ])('is read with %s', (_, text) => {
    expect(pem(readPrivateKey(text))).toBe(KEY_PEM);
  });
});

describe('the layout of a PEM', () => {
  const body = pemBody(KEY_PEM);
  const LINES = KEY_PEM.trimEnd().split('\n');
  const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r\n'), maxLength: 3 });
  const header = fc.constantFrom(
    'Comment: x',
    'X-Owner: the team: web',
    'Proc-Type:',
    'Key-Id: 0123456789abcdef',
  );
  const around = fc.constantFrom(
    '',
    'Bag Attributes\n',
    '-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n',
  );

  it('makes no difference: blanks, line lengths and headers', () => {
    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 80 }), blank), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        around,
        fc.array(header, { maxLength: 3 }),
        cuts,
        blank,
        (before, headers, cuts, indent) => {
          let rest = body;
          const pieces = cuts.map(([length, blank]) => {
            const piece = rest.slice(0, length);
            rest = rest.slice(length);
            return `${piece}${blank}`;
          });
          const lines = [begin, ...headers, '', `${indent}${pieces.join('')}${rest}`, end];
          const text = `${before}${lines.join('\n')}\n`;
          const key = pem(readPrivateKey(text));
          expect(key).toBe(KEY_PEM);
          expect([...secretsIn(text), ...secretsIn(key)]).toEqual(expect.arrayContaining([body, ...LINES]));
        },
      ),
    );
  });

  it('is of one key only', () => {
    expect(refusalOf(KEY_PEM + OTHER_KEY_PEM).message).toMatch(/holds several keys/);
    const sec1 = p384.privateKey.export({ format: 'pem', type: 'sec1' }) as string;
    expect(refusalOf(KEY_PEM + sec1).message).toMatch(/holds several keys/);
  });
});

describe('a key that cnspec cannot use', () => {
  it.each([
    [
      'SEC1',
      p384.privateKey.export({ format: 'pem', type: 'sec1' }) as string,
      /SEC1 form \("BEGIN EC PRIVATE KEY"\)/,
      /openssl pkcs8 -topk8 -nocrypt/,
    ],
    [
      'encrypted PKCS#8',
      p384.privateKey.export({
        format: 'pem',
        type: 'pkcs8',
        cipher: 'aes-256-cbc',
        passphrase: 'open sesame',
      }) as string,
      /encrypted with a passphrase/,
      /generate new ones/,
    ],
    [
      'PKCS#1 RSA',
      rsa.export({ format: 'pem', type: 'pkcs1' }) as string,
      /is an RSA key\. .*EC P-384/,
      /generate new ones/,
    ],
    ['PKCS#8 RSA', pem(rsa), /is an RSA key\. .*EC P-384/, /generate new ones/],
    [
      'Ed25519',
      pem(generateKeyPairSync('ed25519').privateKey),
      /is an ED25519 key\. .*EC P-384/,
      /generate new ones/,
    ],
    ['P-256', pkcs8('P-256'), /EC key on the curve P-256\. .*P-384/, /generate new ones/],
    ['P-521', pkcs8('P-521'), /EC key on the curve P-521\. .*P-384/, /generate new ones/],
    ['secp256k1', pkcs8('secp256k1'), /EC key on the curve secp256k1\. .*P-384/, /generate new ones/],
    [
      'a curve without a common name',
      pkcs8('brainpoolP384r1'),
      /EC key on the curve brainpoolP384r1\. .*P-384/,
      /generate new ones/,
    ],
    [
      'the public half',
      p384.publicKey.export({ format: 'pem', type: 'spki' }) as string,
      /only the public half/,
      /generate new ones/,
    ],
    ['a certificate', CERTIFICATE_PEM, /a certificate instead of a key\. .*swapped/, /generate new ones/],
    [
      'an OpenSSH key',
      KEY_PEM.replaceAll('PRIVATE KEY', 'OPENSSH PRIVATE KEY'),
      /isn't a PKCS#8 private key/,
      /generate new ones/,
    ],
  ])('is rejected with its kind: %s', (_, text, found, remedy) => {
    const refusal = refusalOf(text);
    expect(refusal.message).toMatch(found);
    expect(refusal.remedy).toMatch(remedy);
  });
});

describe('a damaged key', () => {
  it.each([
    [
      'text that is not PEM',
      pemBody(KEY_PEM),
      /isn't PEM: the line "-----BEGIN PRIVATE KEY-----" is missing/,
      /generate new ones/,
    ],
    [
      'line ends that became blanks',
      KEY_PEM.replaceAll('\n', ' '),
      /has lost its line breaks/,
      /Store the JSON unchanged as the secret/,
    ],
    [
      'line ends that are gone',
      KEY_PEM.replaceAll('\n', ''),
      /has lost its line breaks/,
      /Store the JSON unchanged as the secret/,
    ],
    [
      'line ends escaped twice',
      KEY_PEM.replaceAll('\n', '\\n'),
      /double-escaped line breaks: .*backslash and "n"/,
      /without quoting or escaping/,
    ],
    [
      'CRLF escaped twice',
      KEY_PEM.replaceAll('\n', '\\r\\n'),
      /double-escaped line breaks/,
      /without quoting or escaping/,
    ],
    [
      'a cut in the middle',
      KEY_PEM.slice(0, 150),
      /is cut off: the line "-----END PRIVATE KEY-----" is missing/,
      /generate new ones/,
    ],
    ['only the first line', `${begin}\n`, /is cut off/, /generate new ones/],
    ['no body', `${begin}\n${end}\n`, /can't be read: .*damaged or cut off/, /generate new ones/],
    [
      'a missing line',
      [begin, ...rest.slice(1), end].join('\n'),
      /can't be read: .*damaged or cut off/,
      /generate new ones/,
    ],
    [
      'base64 of other data',
      `${begin}\n${Buffer.from('this is the text of a very secret diary, and no key').toString('base64')}\n${end}\n`,
      /can't be read: .*damaged or cut off/,
      /generate new ones/,
    ],
    [
      'a body that is not base64',
      `${begin}\n§§§ not base64 at all §§§\n${end}\n`,
      /can't be read/,
      /generate new ones/,
    ],
  ])('is rejected with the kind of damage: %s', (_, text, found, remedy) => {
    const refusal = refusalOf(text);
    expect(refusal.message).toMatch(found);
    expect(refusal.remedy).toMatch(remedy);
  });
});
