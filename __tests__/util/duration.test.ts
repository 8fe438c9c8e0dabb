import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeSkew, formatDuration, parseDuration } from '../../src/util/duration.ts';

/** The results of Go's time.Duration.String, by milliseconds. */
const AS_GO_WRITES: [number, string][] = [
  [0, '0s'],
  [0.000001, '1ns'],
  [0.0011, '1.1µs'],
  [0.25, '250µs'],
  [1, '1ms'],
  [2.2, '2.2ms'],
  [250, '250ms'],
  [999.999999, '999.999999ms'],
  [1000, '1s'],
  [1500, '1.5s'],
  [3300, '3.3s'],
  [30_000, '30s'],
  [59_999, '59.999s'],
  [60_000, '1m0s'],
  [90_000, '1m30s'],
  [245_000, '4m5s'],
  [245_001, '4m5.001s'],
  [3_600_000, '1h0m0s'],
  [3_661_000, '1h1m1s'],
  [18_367_001, '5h6m7.001s'],
  [86_400_000, '24h0m0s'],
  [259_206_277.868, '72h0m6.277868s'],
  [259_199_569.8502, '71h59m59.5698502s'],
  [-250, '-250ms'],
  [-1500, '-1.5s'],
  [-259_200_000, '-72h0m0s'],
];

describe('formatDuration', () => {
  it.each(AS_GO_WRITES)('writes %d ms like Go: %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('rounds to a whole nanosecond', () => {
    expect(formatDuration(0.0000004)).toBe('0s');
    expect(formatDuration(-0.0000004)).toBe('0s');
    expect(formatDuration(0.0000006)).toBe('1ns');
    expect(formatDuration(-0)).toBe('0s');
  });
});

describe('parseDuration', () => {
  it.each(AS_GO_WRITES)("reads %d from Go's text: %s", (milliseconds, text) => {
    expect(parseDuration(text)).toBeCloseTo(milliseconds, 6);
  });

  it.each([
    ['0', 0],
    ['+0', 0],
    ['-0', 0],
    ['0s', 0],
    ['5m', 300_000],
    ['+5s', 5000],
    ['1h30m', 5_400_000],
    ['30m1h', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1000],
    ['-.5s', -500],
    ['-1m30s', -90_000],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['100μs', 0.1],
    ['1ms1us1ns', 1.001001],
    ['24h', 86_400_000],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBeCloseTo(milliseconds, 9);
    expect(Object.is(parseDuration(text), -0)).toBe(false);
  });

  it.each([
    '',
    ' ',
    '3',
    '1.5',
    '-',
    's',
    '.s',
    '+.s',
    '1d',
    '1w',
    '30 s',
    ' 30s',
    '30s ',
    '30s\n',
    '1h-30m',
    '--5s',
    '+-5s',
    '1,5s',
    '1e3s',
    '30S',
    '30sec',
    '1.2.3s',
    '0x10s',
    '5m30',
    'Infinity',
    'NaN',
    '½s',
    '٣s',
  ])('reads no duration from %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('reads the output of formatDuration, for every whole nanosecond', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nanoseconds) => {
        const text = formatDuration(nanoseconds / 1e6);
        expect(text).toMatch(/^-?(?:\d+h)?(?:\d+m)?\d+(?:\.\d*[1-9])?(?:ns|µs|ms|s)$/);
        expect(Math.round(parseDuration(text)! * 1e6)).toBeCloseTo(nanoseconds, -1);
      }),
    );
  });

  it('reads a number or nothing from any text, and formatDuration writes each such number', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(fc.tuple(fc.nat({ max: 9999 }), fc.constantFrom('ns', 'us', 'µs', 'ms', 's', 'm', 'h')), {
          maxLength: 4,
        })
        .map((terms) => terms.flat().join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const milliseconds = parseDuration(given);
        if (milliseconds !== undefined)
          expect(parseDuration(formatDuration(milliseconds))).toBeCloseTo(milliseconds, 3);
      }),
      { examples: [['1m1ns']] },
    );
  });
});

describe('describeSkew', () => {
  it.each([
    [0, 'in sync'],
    [-1999, 'in sync'],
    [2000, "behind the platform's by 2s"],
    [-45_000, "ahead of the platform's by 45s"],
    [3_600_000, "behind the platform's by 1 hour, 1h0m0s"],
    [40 * 3_600_000, "behind the platform's by 40 hours, 40h0m0s"],
    [3 * 86_400_000 - 300, "behind the platform's by 3 days, 71h59m59.7s"],
  ])('describes %i ms as %s', (skew, words) => {
    expect(describeSkew(skew)).toBe(words);
  });

  it('reports 1 ms as a skew if no skew is allowed', () => {
    expect(describeSkew(-1, 0)).toBe("ahead of the platform's by 1ms");
  });
});
