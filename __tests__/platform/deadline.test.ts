import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../../src/platform/deadline.ts';

it('a deadline reports the remaining time, and whether it is over', async () => {
  const deadline = new Deadline(1000);
  expect(deadline.remaining()).toBeGreaterThan(0);
  expect(deadline.remaining()).toBeLessThanOrEqual(1000);
  expect(deadline.signal.aborted).toBe(false);
  await wait(1100);
  expect(deadline.remaining()).toBeLessThan(0);
  expect(deadline.signal.aborted).toBe(true);
});

it('no time remains once the signal has aborted, even if a timer fires early', async () => {
  const lefts = Array.from({ length: 300 }, async (_, at) => {
    await wait(at);
    const deadline = new Deadline(5 + (at % 50) + 0.3 * (at % 3));
    // Keeps the process alive: the deadline doesn't.
    const alive = setTimeout(() => {}, 10_000);
    await once(deadline.signal, 'abort');
    clearTimeout(alive);
    return deadline.remaining();
  });
  expect(Math.max(...(await Promise.all(lefts)))).toBeLessThanOrEqual(0);
});

it('ends early if the result is no longer needed', () => {
  const over = new AbortController();
  const deadline = new Deadline(60_000, over.signal);
  expect(deadline.remaining()).toBeGreaterThan(0);
  over.abort();
  expect(deadline.signal.aborted).toBe(true);
  expect(deadline.endSignal.aborted).toBe(true);
  expect(deadline.remaining()).toBe(0);
});

describe('withGrace', () => {
  it('starts nothing new, but running work continues until the grace period ends', () => {
    const [over, grace] = [new AbortController(), new AbortController()];
    const deadline = new Deadline(60_000, over.signal).withGrace(grace.signal);
    over.abort();
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.remaining()).toBe(0);
    expect(deadline.endSignal.aborted).toBe(false);
    grace.abort();
    expect(deadline.endSignal.aborted).toBe(true);
  });

  it('does not change the original deadline', () => {
    const [over, grace] = [new AbortController(), new AbortController()];
    const deadline = new Deadline(60_000, over.signal);
    deadline.withGrace(grace.signal);
    grace.abort();
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.endSignal.aborted).toBe(false);
    over.abort();
    expect(deadline.endSignal.aborted).toBe(true);
  });

  it('does not extend the deadline', async () => {
    const deadline = new Deadline(100);
    const { signal, endSignal } = deadline.withGrace(new AbortController().signal);
    expect(deadline.withGrace(signal).remaining()).toBeLessThanOrEqual(100);
    await wait(200);
    expect([signal.aborted, endSignal.aborted]).toEqual([true, true]);
    expect(deadline.withGrace(new AbortController().signal).remaining()).toBeLessThanOrEqual(0);
  });
});
