import { expect, test } from 'vitest';
import { SecretMasker } from '../../simulator/secret-masker.ts';

function mask(text: string, ...secrets: string[]): string {
  const masker = new SecretMasker();
  for (const secret of secrets) masker.add(secret);
  return masker.mask(text);
}

test.each([
  ['nothing', 'a text', ['secret'], 'a text'],
  ['each occurrence of a secret', 'secret, a secret', ['secret'], '***, a ***'],
  ['each line of a secret', 'one|two|three', ['one\ntwo\r\n'], '***|***|three'],
  ['its form in JSON', '{"key":"a\\"b"}', ['a"b'], '{"key":"***"}'],
  ['its form in a URL', '?key=a%20b', ['a b'], '?key=***'],
  ['its base64', 'c2VjcmV0', ['secret'], '***'],
  ['secrets that overlap, as one', 'xabcdx', ['abc', 'bcd'], 'x***x'],
  ['secrets that touch, as one', 'secretsecret', ['secret'], '***'],
  ['secrets within a secret, once', 'a long secret', ['long secret', 'sec', 'long'], 'a ***'],
])('masks %s', (_, text, secrets, masked) => {
  expect(mask(text, ...secrets)).toBe(masked);
});

test('lists the masked values', () => {
  const masker = new SecretMasker();
  masker.add('one\ntwo\n');
  expect([...masker.secrets]).toEqual(['one\ntwo\n', 'one', 'two']);
});
