import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultConfigPath } from '../../src/github/runner-files.ts';
import { failureOf } from '../fixtures.ts';

const { posix, win32 } = path;

describe('defaultConfigPath', () => {
  it.each([
    [
      'Linux',
      posix,
      { RUNNER_TEMP: '/home/runner/work/_temp', HOME: '/home/runner' },
      '/home/runner/work/_temp/_github_home/.config/mondoo/mondoo.yml',
    ],
    [
      'macOS',
      posix,
      { RUNNER_TEMP: '/Users/runner/work/_temp', HOME: '/Users/runner' },
      '/Users/runner/work/_temp/_github_home/.config/mondoo/mondoo.yml',
    ],
    [
      'Windows',
      win32,
      { RUNNER_TEMP: 'D:\\a\\_temp', USERPROFILE: 'C:\\Users\\runneradmin' },
      'D:\\a\\_temp\\_github_home\\.config\\mondoo\\mondoo.yml',
    ],
    [
      'Windows, with a share',
      win32,
      { RUNNER_TEMP: '\\\\server\\runner\\_temp' },
      '\\\\server\\runner\\_temp\\_github_home\\.config\\mondoo\\mondoo.yml',
    ],
    [
      'Windows, if an MSYS shell has written the variable',
      win32,
      { RUNNER_TEMP: 'D:/a/_temp', HOME: '/c/Users/runneradmin' },
      'D:\\a\\_temp\\_github_home\\.config\\mondoo\\mondoo.yml',
    ],
  ])('is in the folder that becomes the home of Docker actions: %s', (_, paths, env, expected) => {
    expect(defaultConfigPath(env, paths)).toBe(expected);
  });

  it('has the path separators of the runner', () => {
    const temp = path.resolve('/home/runner/work/_temp');
    expect(defaultConfigPath({ RUNNER_TEMP: temp })).toBe(
      path.join(temp, '_github_home', '.config', 'mondoo', 'mondoo.yml'),
    );
  });

  it('is in the home in a container job, which is the same folder', () => {
    expect(defaultConfigPath({ RUNNER_TEMP: '/__w/_temp', HOME: '/github/home' })).toBe(
      '/github/home/.config/mondoo/mondoo.yml',
    );
  });

  it.each([{}, { HOME: '/root' }, { RUNNER_TEMP: '' }])('is undefined outside a runner: %j', (env) => {
    const error = failureOf(() => defaultConfigPath(env));
    expect(error.code).toBe('invalid-input');
    expect(error.message).toMatch(/`RUNNER_TEMP` is not set/);
    expect(error.remedy).toMatch(/set the input `config-path`/);
  });
});
