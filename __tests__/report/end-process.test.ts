import { afterEach, describe, expect, it, vi } from 'vitest';
import { endProcess } from '../../src/report/end-process.ts';

/** What has been done to end the process, and what was told before that. */
let done: string[];

function endWith(exitCode: number | undefined, { resolving = true, platform = 'linux' } = {}): void {
  done = [];
  vi.spyOn(process, 'getActiveResourcesInfo').mockReturnValue([
    'Timeout',
    resolving ? 'GetAddrInfoReqWrap' : 'x',
  ]);
  vi.spyOn(process.stdout, 'write').mockImplementation(((_: string, written: () => void) =>
    written()) as never);
  vi.spyOn(process, 'emit').mockImplementation(((event: string, code: number) =>
    done.push(`${event} ${code}`)) as never);
  vi.spyOn(process, 'exit').mockImplementation((() => done.push('exit()')) as never);
  vi.spyOn(process, 'kill').mockImplementation((() => done.push('kill()')) as never);
  vi.spyOn(process as Required<NodeJS.Process>, 'execve').mockImplementation(((
    file: string,
    args: string[],
    env: NodeJS.ProcessEnv,
  ) =>
    done.push(
      `${args.slice(1).join(' ')}${file === process.execPath ? '' : file}${env.NODE_OPTIONS ?? ''}`,
    )) as never);
  vi.stubEnv('NODE_OPTIONS', '--no-warnings');
  const real = process.platform;
  Object.defineProperty(process, 'platform', { value: platform });
  process.exitCode = exitCode;
  endProcess();
  process.exitCode = undefined;
  Object.defineProperty(process, 'platform', { value: real });
}
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('endProcess', () => {
  it('exits', () => {
    endWith(1, { resolving: false });
    expect(done).toEqual(['exit()']);
  });

  // Windows has no way to become another program.
  it.skipIf(process.platform === 'win32').each([
    [undefined, 0],
    [0, 0],
    [1, 1],
  ])('does not wait for a name to be resolved, and keeps the exit code: %s', (exitCode, code) => {
    endWith(exitCode);
    expect(done.slice(0, 2)).toEqual([`exit ${code}`, `-e process.exitCode = ${code}`]);
  });

  it('does not wait on Windows, where a process that is killed has failed', () => {
    endWith(1, { platform: 'win32' });
    expect(done.slice(0, 2)).toEqual(['exit 1', 'kill()']);
    endWith(undefined, { platform: 'win32' });
    expect(done).toEqual(['exit()']);
  });
});
