import { describe, expect, it } from 'vitest';
import { median, percentile } from '../../bench/statistics.ts';

describe('median', () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 2], 9],
  ])('of %j is %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('keeps the order of its argument', () => {
    const values = [2, 1];
    median(values);
    expect(values).toEqual([2, 1]);
  });
});

describe('percentile', () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);

  it.each([
    [0.05, 1],
    [0.5, 10],
    [0.95, 19],
    [0.951, 20],
    [1, 20],
  ])('of 1 to 20 at %j is %j', (share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });

  it('of a single value is that value', () => {
    expect(percentile([7], 0.95)).toBe(7);
  });
});
