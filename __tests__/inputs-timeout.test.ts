import { expect, it } from 'vitest';
import { readInputs } from '../src/inputs.ts';
import { Deadline } from '../src/platform/deadline.ts';

it.each(['1us', '1.0001s', '0.0005m2ms'])('returns a timeout that a timer accepts: %s', (timeout) => {
  const get = (name: string) => (name === 'timeout' ? timeout : '');
  const inputs = readInputs(get, { env: {}, workspace: '/', defaultName: 'x', mask: () => {} });
  expect(() => new Deadline(inputs.timeout)).not.toThrow();
});
