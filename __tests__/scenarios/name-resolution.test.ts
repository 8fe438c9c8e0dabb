import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { writeCnspec } from '../../simulator/cnspec-program.ts';
import { until } from '../../simulator/until.ts';
import { outside, pathWith } from './cnspec/on-path.ts';
import { type Stage, test } from './stage.ts';

/** Whether this user may give a process a view of the files of its own. Linux, and not everywhere there. */
const CAN_UNSHARE =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-r', '-m', 'mount', '--bind', '/dev/null', '/etc/hosts']).status === 0;

/**
 * Starts a program where no name can be resolved: in the place of /etc/hosts, which the resolver reads first, is a
 * pipe that nobody writes to, so that it waits for ever.
 */
async function withoutNames(stage: Stage): Promise<string[]> {
  const pipe = path.join(await outside(stage), 'hosts');
  execFileSync('mkfifo', [pipe]);
  // No shell: it would leave out variables such as INPUT_UPDATES-URL.
  const start = `
    require('node:child_process').execFileSync('mount', ['--bind', ${JSON.stringify(pipe)}, '/etc/hosts']);
    process.removeAllListeners('warning');
    process.execve(process.argv[1], process.argv.slice(1), process.env);`;
  return ['unshare', '-r', '-m', process.execPath, '-e', start];
}

/** Credentials for a platform whose name has to be resolved. */
function unreachable({ credentials }: Stage): object {
  return { ...credentials, api_endpoint: 'https://us.api.example.org' };
}

describe.skipIf(!CAN_UNSHARE)('a name that is never resolved (needs Linux with user namespaces)', () => {
  test('of a releases host does not hold the step up', async ({ stage }) => {
    const launcher = await withoutNames(stage);
    const program = await writeCnspec(await outside(stage), { version: '13.0.0', kind: 'agreeing' });
    const job = await stage.job({ env: { PATH: pathWith(program) } });
    const inputs = {
      credentials: JSON.stringify(stage.credentials),
      'updates-url': 'https://mirror.example.org',
    };
    const asked = await job.runMain({ inputs, launcher });
    expect(asked, asked.log).toMatchObject({
      exitCode: 0,
      outputs: { status: 'ok', 'cnspec-version': '13.0.0' },
    });

    const installing = await job.runMain({ inputs: { ...inputs, 'cnspec-version': '13.0.0' }, launcher });
    expect(installing, installing.log).toMatchObject({ exitCode: 1, outputs: { status: 'cnspec-failed' } });
    expect(installing.outputs.error).toContain('no connection within');
  });

  test('of the platform ends with the time of the step', async ({ stage }) => {
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(unreachable(stage)), timeout: '4s' };
    const step = await job.runMain({ inputs, launcher: await withoutNames(stage) });
    expect(step, step.log).toMatchObject({ exitCode: 1, outputs: { status: 'unreachable' } });
  });

  test('does not keep a job that is cancelled', async ({ stage }) => {
    const job = await stage.job();
    const cancel = new AbortController();
    const launcher = await withoutNames(stage);
    const home = path.join(job.folders.temp, '_github_home', '.config', 'mondoo');
    const inputs = { credentials: JSON.stringify(unreachable(stage)) };
    const running = job.runMain({ inputs, launcher, cancel: cancel.signal });
    await until(() => existsSync(home), running);
    await sleep(500);
    cancel.abort();
    const step = await running;
    expect(step, step.log).toMatchObject({ exitCode: 1, signal: null });
    expect(step.log).toContain('→ ended by SIGINT');
    expect(existsSync(home)).toBe(false);
  });
});
