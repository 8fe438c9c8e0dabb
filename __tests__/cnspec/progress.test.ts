import { expect, it } from 'vitest';
import { describeProgress } from '../../src/cnspec/progress.ts';

const MIB = 1024 * 1024;

it.each([
  [
    { received: 12.3 * MIB, total: 66.1 * MIB, elapsed: 4213, complete: false },
    '12.3 MiB of 66.1 MiB in 4.21s',
  ],
  [{ received: 66.1 * MIB, total: 66.1 * MIB, elapsed: 62_000, complete: true }, '66.1 MiB in 1m2s'],
  [{ received: 300, total: undefined, elapsed: 3, complete: false }, '0.3 KiB in 0s'],
])('tells how far a download has come: %j', (progress, told) => {
  expect(describeProgress(progress)).toBe(told);
});
