import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { test } from './stage.ts';

const MAIN = fileURLToPath(new URL('../../dist/main/index.js', import.meta.url));

test('the step ends by itself, and leaves no key, if its stdout is closed', async ({ stage }) => {
  const { folders } = await stage.job();
  // The error handler itself writes to the broken pipe, again and again.
  stage.platform.fault('Health/Check', { kind: 'error', code: 14, message: 'busy' });
  const child = spawn(process.execPath, [MAIN], {
    env: {
      RUNNER_TEMP: folders.temp,
      INPUT_CREDENTIALS: JSON.stringify(stage.credentials),
      INPUT_TIMEOUT: '2s',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 110_000,
    killSignal: 'SIGKILL',
  });
  child.stdout.destroy();
  const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  expect({ exitCode, signal }).toEqual({ exitCode: 1, signal: null });
  expect(existsSync(path.join(folders.temp, '_github_home', '.config', 'mondoo'))).toBe(false);
});
