import { expect, it } from 'vitest';
import { compareWithGoal } from '../../bench/goal.ts';

const RATIO = { goal: 2.6, limit: 3 };

it.each([
  [2.6049, RATIO, 'x', 'goal 2.6 x: met'],
  [2.81, RATIO, 'x', 'goal 2.6 x: between goal and hard limit 3.0 x, over the goal by 0.21 x'],
  [3.004, RATIO, 'x', 'goal 2.6 x: between goal and hard limit 3.0 x, over the goal by 0.40 x'],
  [3.01, RATIO, 'x', 'goal 2.6 x: OVER THE LIMIT 3.0 x by 0.01 x'],
  [4.4, { goal: 4 }, '', 'goal 4: met'],
  [4.6, { goal: 4 }, '', 'goal 4: OVER THE LIMIT 4 by 1'],
  [1020, { goal: 1000 }, 'ms', 'goal 1000 ms: OVER THE LIMIT 1000 ms by 20 ms'],
] as const)('the verdict on %d with %j is "%3$s"', (figure, goal, unit, verdict) => {
  expect(compareWithGoal(figure, goal, unit)).toBe(verdict);
});
