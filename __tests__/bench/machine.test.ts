import { expect, it } from 'vitest';
import { loadWarning, spreadWarning } from '../../bench/machine.ts';

it('warns if the load average is above the number of cores', () => {
  expect(loadWarning(2, 2)).toBeUndefined();
  expect(loadWarning(2.1, 2)).toContain('its load average is 2.1 on 2 cores');
});

it('warns if the times of node -e 0 differ, but not for one outlier', () => {
  expect(spreadWarning([27, 26, 28, 27, 90])).toBeUndefined();
  expect(spreadWarning([27, 45, 60, 28, 38])).toContain('node -e 0 differs by 45 %');
});
