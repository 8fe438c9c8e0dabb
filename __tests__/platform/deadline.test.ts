import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Deadline } from '../../src/platform/deadline.ts';

it('a deadline tells what is left, and when the time is up', async () => {
  const deadline = new Deadline(1000);
  expect(deadline.remaining()).toBeGreaterThan(0);
  expect(deadline.remaining()).toBeLessThanOrEqual(1000);
  expect(deadline.signal.aborted).toBe(false);
  await wait(1100);
  expect(deadline.remaining()).toBeLessThan(0);
  expect(deadline.signal.aborted).toBe(true);
});

it('nothing is left as soon as the signal is given, also where a timer fires early', async () => {
  const lefts = Array.from({ length: 300 }, async (_, at) => {
    await wait(at);
    const deadline = new Deadline(5 + (at % 50) + 0.3 * (at % 3));
    // Keeps the process alive: the deadline does not.
    const alive = setTimeout(() => {}, 10_000);
    await once(deadline.signal, 'abort');
    clearTimeout(alive);
    return deadline.remaining();
  });
  expect(Math.max(...(await Promise.all(lefts)))).toBeLessThanOrEqual(0);
});
