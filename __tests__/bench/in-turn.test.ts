import { expect, it } from 'vitest';
import { mediansInTurn } from '../../bench/in-turn.ts';

it('runs the candidates in turn and ignores the first round', async () => {
  const order: string[] = [];
  const candidate = (name: string, figures: number[]) => ({
    name,
    run: async () => {
      order.push(name);
      return figures.shift()!;
    },
  });
  const medians = await mediansInTurn([candidate('a', [1000, 1, 2, 9]), candidate('b', [0, 5, 6, 7])], 3);
  expect(medians).toEqual([2, 6]);
  expect(order.join('')).toBe('abababab');
});
