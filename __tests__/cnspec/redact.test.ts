import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastLine, redact } from '../../src/cnspec/redact.ts';
import { KEY_PEM, pemBody, piecesOf } from '../fixtures.ts';

describe('redact', () => {
  it.each([
    ['panic: index out of range [3] with length 3', 'panic: index out of range [3] with length 3'],
    ['possible clock skew detected: 71h59m59.5698502s', 'possible clock skew detected: 71h59m59.5698502s'],
    ['error while loading shared-libraries-of-mine', 'error while loading shared-libraries-of-mine'],
    ['proxy http://stella:pa55@proxy.example:3128 refuses', 'proxy http://…@proxy.example:3128 refuses'],
    ['http://stella:p@ssw0rd@127.0.0.1:9 refuses', 'http://…@127.0.0.1:9 refuses'],
    ['::error::planted', ': :error::planted'],
    ['a ##[error]b\u001b[31m\r::warning::c', 'a # #[error]b [31m ::warning::c'],
  ])('keeps %j', (text, told) => {
    expect(redact(text)).toBe(told);
  });

  it('removes any text that could be a piece of a key, in any form', () => {
    const body = pemBody(KEY_PEM);
    const forms = [
      KEY_PEM,
      JSON.stringify(KEY_PEM),
      body,
      encodeURIComponent(body),
      Buffer.from(KEY_PEM).toString('base64'),
      Buffer.from(body, 'base64').toString('hex'),
    ];
    const around = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(around, fc.constantFrom(...forms), around, (before, form, after) => {
        const told = redact(`${before} ${form} ${after}`);
        for (const piece of piecesOf(form.replace(/\s/g, ''), 16)) {
          if (!/^[a-z/_-]+$/.test(piece)) expect(told.includes(piece) && !/-----/.test(piece)).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('returns one line of limited length that is not a command, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
        const told = redact(text);
        expect(told.length).toBeLessThanOrEqual(201);
        expect(told).not.toMatch(/^::|##\[|[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
    );
  });
});

describe('lastLine', () => {
  it('returns the last line with text', () => {
    expect(lastLine('first\nsecond\r\n \n\u001b\n')).toBe('second');
    expect(lastLine('one\rtwo')).toBe('two');
    expect(lastLine('')).toBe('');
  });
});
