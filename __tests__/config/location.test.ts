import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultConfigPath } from '../../src/config/location.ts';
import { failureOf } from '../fixtures.ts';

const IN_HOME = path.join('.config', 'mondoo', 'mondoo.yml');

describe('defaultConfigPath', () => {
  it('lies in the folder that is the home of Docker actions', () => {
    const temp = path.resolve('/home/runner/work/_temp');
    expect(defaultConfigPath({ RUNNER_TEMP: temp, HOME: '/home/runner' })).toBe(
      path.join(temp, '_github_home', IN_HOME),
    );
  });

  it('lies in the home in a container job: the same folder', () => {
    expect(defaultConfigPath({ RUNNER_TEMP: '/__w/_temp', HOME: '/github/home' })).toBe(
      path.join('/github/home', IN_HOME),
    );
  });

  it.each([{}, { HOME: '/root' }, { RUNNER_TEMP: '' }])('is nowhere outside of a runner: %j', (env) => {
    const error = failureOf(() => defaultConfigPath(env));
    expect(error.code).toBe('invalid-input');
    expect(error.message).toMatch(/RUNNER_TEMP is not set/);
    expect(error.remedy).toMatch(/set the input config-path/);
  });
});
