import { createHash, createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { keyHash, keyHashesIn } from '../../src/config/read.ts';
import { renderMondooYml } from '../../src/config/render.ts';
import { credentials, KEY_PEM, OTHER_KEY_PEM, pemBody } from '../fixtures.ts';

const HASH = keyHash(createPrivateKey(KEY_PEM));
const OTHER_HASH = keyHash(createPrivateKey(OTHER_KEY_PEM));
const ours = renderMondooYml(credentials(), 'a test');
const singleLine = KEY_PEM.trimEnd().replaceAll('\n', '\\n');

it('is the SHA-256 of the DER', () => {
  expect(HASH).toBe(
    createHash('sha256')
      .update(Buffer.from(pemBody(KEY_PEM), 'base64'))
      .digest('hex'),
  );
});

describe('the key is found', () => {
  it.each<[string, string]>([
    ['in the mondoo.yml that the step wrote', ours],
    ['alone', KEY_PEM],
    ['in a block of lines', stringify({ a: 1, private_key: KEY_PEM })],
    ['in a block of lines, deep in the document', stringify({ a: { b: [{ private_key: KEY_PEM }] } })],
    ['in a folded block', stringify({ private_key: KEY_PEM }, { blockQuote: 'folded' })],
    ['in JSON', JSON.stringify(credentials())],
    ['in JSON of several lines', JSON.stringify(credentials(), undefined, 2)],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(credentials()))],
    ['in double quotes', `private_key: "${singleLine}\\n"\n`],
    [
      'after a byte order mark',
      stringify({ private_key: KEY_PEM }, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 60 }),
    ],
    ['with Windows line ends', `\ufeff${ours}`],
    ['with escaped Windows line ends', ours.replaceAll('\n', '\r\n')],
    ['after another key', `private_key: "${singleLine.replaceAll('\\n', '\\r\\n')}"`],
    ['before another key', `${OTHER_KEY_PEM}${KEY_PEM}`],
    ['in front of another key', `${KEY_PEM}${OTHER_KEY_PEM}`],
    ['after the start of a key', `-----BEGIN PRIVATE KEY-----\nMIG2\n${KEY_PEM}`],
    [
      'after a key that cannot be read',
      `-----BEGIN PRIVATE KEY-----\nMIG2\n-----END PRIVATE KEY-----\n${KEY_PEM}`,
    ],
  ])('%s', (_, text) => {
    expect(keyHashesIn(text)).toContain(HASH);
  });
});

describe('another key is found', () => {
  it.each<[string, string]>([
    [
      'in the mondoo.yml of another step',
      renderMondooYml(credentials({ private_key: OTHER_KEY_PEM }), 'a test'),
    ],
    ['in JSON', JSON.stringify(credentials({ private_key: OTHER_KEY_PEM }))],
  ])('%s', (_, text) => {
    expect(keyHashesIn(text)).toEqual([OTHER_HASH]);
  });
});

describe('no key is found', () => {
  const half = KEY_PEM.slice(0, KEY_PEM.length / 2);

  it.each<[string, string]>([
    ['in an empty text', ''],
    ['in empty lines', '\n'.repeat(100)],
    ['in a mondoo.yml without a key', stringify({ mrn: 'x' })],
    ['in half of the key', half],
    ['in the key without its labels', pemBody(KEY_PEM)],
    ['in a certificate', stringify(credentials({ private_key: undefined }))],
    ['in garbage between the labels', '-----BEGIN PRIVATE KEY-----\n\u0000 {"a"}\n-----END PRIVATE KEY-----'],
    ['between labels without a body', '-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----'],
    ['in the key without its first letters', KEY_PEM.replace('\nMIG2', '\n')],
  ])('%s', (_, text) => {
    expect(keyHashesIn(text)).toEqual([]);
  });
});

describe('a megabyte of noise', () => {
  // If the work grew with the square of the length, the test would time out.
  it.each([
    'x',
    '\\n',
    '\n',
    '-',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----BEGIN PRIVATE KEY-----MIG2',
    '-----END PRIVATE KEY-----',
    '-----BEGIN ',
  ])('hides no key and is not a key: %j', (noise) => {
    const text = noise.repeat((1024 * 1024) / noise.length);
    expect(keyHashesIn(text)).toEqual([]);
    expect(keyHashesIn(`${text}\n${KEY_PEM}`)).toContain(HASH);
  });
});
