import { expect, it } from 'vitest';
import { secretsIn } from '../../src/credentials/secrets.ts';
import { failureOf, KEY_PEM, parseGiven } from '../fixtures.ts';

const refusalOf = (text: string) => failureOf(() => parseGiven(text)).message;

it('does not report JSON as too short if the error is in the middle', () => {
  expect(refusalOf('{"mrn": x, "private_key": "y", "certificate": "z"}')).not.toContain('they end too early');
});

it('rejects several documents in one text', () => {
  expect(refusalOf('mrn: a\n---\nmrn: b\n')).toContain('MULTIPLE_DOCS');
});

it('reports that the decoded text is cut off', () => {
  const json = '{"mrn": "//agents.api.mondoo.app", "private_key": "x"}';
  const cut = Buffer.from(json).toString('base64').slice(0, 40);
  expect(refusalOf(cut)).toContain('base64');
});

it('finds the lines of a key whose line ends became blanks or are missing', () => {
  const body = KEY_PEM.split('\n').slice(1, -2);
  expect(secretsIn(KEY_PEM.replaceAll('\n', ' '))).toEqual(expect.arrayContaining([...body, body.join('')]));
  expect(secretsIn(KEY_PEM.replaceAll('\n', ''))).toContain(body.join(''));
});
