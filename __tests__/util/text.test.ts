import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWord, plainText } from '../../src/util/text.ts';

describe('plainText', () => {
  it.each([
    ['request permission denied', 'request permission denied'],
    ['::error::owned', ': :error::owned'],
    [' \t ::error::owned', ': :error::owned'],
    ['\u0000::error::owned', ': :error::owned'],
    ['\uFEFF::error::owned', ': :error::owned'],
    ['a :: b', 'a :: b'],
    ['a ##[error] b', 'a # #[error] b'],
    ['###[error]', '## #[error]'],
    ['##[##[group]', '# #[# #[group]'],
    ['a ##vso[task.setvariable variable=x]y', 'a # #vso[task.setvariable variable=x]y'],
    ['a\r\nb\tc', 'a b c'],
    ['a\u001b[31mb', 'a [31mb'],
    ['a\u0085b\u2028c\u2029d', 'a b c d'],
    ['a\u202eb\u2066c\u200fd\u061ce', 'a b c d e'],
    ['Grüße → 世界', 'Grüße → 世界'],
    ['', ''],
  ])('turns %j into %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('keeps the given number of characters, and marks the cut', () => {
    expect(plainText('x'.repeat(300))).toBe('x'.repeat(300));
    expect(plainText('x'.repeat(301))).toBe(`${'x'.repeat(300)}…`);
    expect(plainText('abcdef', 4)).toBe('abcd…');
  });

  it('returns one line without a command for any text, and keeps plain text', () => {
    const hostile = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '::',
            ':',
            '##[',
            '#',
            '[',
            '\r',
            '\n',
            '\u0085',
            '\u2028',
            '\u001b',
            '\ufeff',
            ' ',
            '\t',
          ),
          fc.string({ unit: 'binary', maxLength: 3 }),
        ),
      )
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.oneof(hostile, fc.string({ unit: 'binary' })),
        fc.integer({ min: 1, max: 40 }),
        (text, limit) => {
          const plain = plainText(text, limit);
          expect(plain).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
          expect(plain).not.toContain('##[');
          expect(plain).not.toMatch(/^\s*::/);
          expect(plain.length).toBeLessThanOrEqual(limit + 1);
          expect(plainText(plain, limit)).toBe(plain);
        },
      ),
    );
  });
});

describe('isWord', () => {
  it('accepts texts that may become an output', () => {
    expect(['13.0.0', 'unstable', 'v12.1-rc+1', 'x'.repeat(64)].filter(isWord)).toHaveLength(4);
    expect(['', 'x'.repeat(65), '13 0', '13\n', '<b>', '13;', 13, null, undefined].filter(isWord)).toEqual(
      [],
    );
  });
});
