import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMisspelling } from '../../src/util/misspelling.ts';

describe('isMisspelling', () => {
  it.each([
    ['cnspec', 'cnspec'],
    ['cnspc', 'cnspec'],
    ['cnspecc', 'cnspec'],
    ['cmspec', 'cnspec'],
    ['csnpec', 'cnspec'],
    ['unauthenicated', 'unauthenticated'],
    ['clock_skew', 'clock-skew'],
    ['credentails', 'credentials'],
    ['', ''],
  ])('is true for %j, meant as %j', (word, meant) => {
    expect(isMisspelling(word, meant)).toBe(true);
  });

  it.each([
    ['nope', 'cnspec'],
    ['spec', 'cnspec'],
    ['ab', 'abc'],
    ['', 'a'],
    ['a', ''],
    ['all', 'none'],
    ['token', 'timeout'],
  ])('is false for %j, meant as %j', (word, meant) => {
    expect(isMisspelling(word, meant)).toBe(false);
  });

  it('allows one edit for every three letters, and not one more', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(letters, fc.nat(12), (meant, edits) => {
        // Letters that the other word doesn't have must all be replaced.
        const count = Math.min(edits, meant.length);
        const word = 'x'.repeat(count) + meant.slice(count);
        expect(isMisspelling(word, meant)).toBe(count <= Math.floor(word.length / 3));
      }),
    );
  });
});
