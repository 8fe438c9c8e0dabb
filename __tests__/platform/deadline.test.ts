import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Deadline } from '../../src/platform/deadline.ts';

it('a deadline tells what is left, and when the time is up', async () => {
  const deadline = new Deadline(60);
  expect(deadline.remaining()).toBeGreaterThan(0);
  expect(deadline.remaining()).toBeLessThanOrEqual(60);
  expect(deadline.signal.aborted).toBe(false);
  await wait(80);
  expect(deadline.remaining()).toBeLessThan(0);
  expect(deadline.signal.aborted).toBe(true);
});
