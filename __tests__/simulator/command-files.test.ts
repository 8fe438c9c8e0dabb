import { expect, test } from 'vitest';
import { parseCommandFile } from '../../simulator/command-files.ts';

test.each([
  ['', {}],
  ['a=1\n\nb=x=y\n', { a: '1', b: 'x=y' }],
  ['a=', { a: '' }],
  ['a=1<<2', { a: '1<<2' }],
  ['a<<EOF\none\n\ntwo\nEOF\nb=1\n', { a: 'one\n\ntwo', b: '1' }],
  ['a<<EOF\nEOF\n', { a: '' }],
  ['a<<EOF\nb=1\n EOF\nEOF', { a: 'b=1\n EOF' }],
  ['a=1\na=2', { a: '2' }],
])('%j', (text, values) => {
  expect(parseCommandFile(text)).toEqual(values);
});

test.each(['text', '=1', '<<EOF\nEOF', 'a<<\n', 'a<<EOF\none\n'])('refuses %j', (text) => {
  expect(() => parseCommandFile(text)).toThrow(/^Invalid/);
});
