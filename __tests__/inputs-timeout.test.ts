import { afterEach, expect, it, vi } from 'vitest';
import { readInputs, readSecrets } from '../src/inputs.ts';
import { Deadline } from '../src/platform/deadline.ts';

afterEach(() => void vi.unstubAllEnvs());

it.each(['1us', '1.0001s', '0.0005m2ms'])('gives a timeout that a timer takes: %s', (timeout) => {
  vi.stubEnv('INPUT_TIMEOUT', timeout);
  expect(() => new Deadline(readInputs(readSecrets()).timeout)).not.toThrow();
});
