import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { describeHost, linuxRelease } from '../../src/util/host.ts';

describe('describeHost', () => {
  it('describes the runner', async () => {
    const { platform, ip, hostname } = await describeHost();
    expect(hostname).toBe(os.hostname());
    const outward = Object.values(os.networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal }) => !internal);
    expect(outward.length === 0 ? [''] : outward.map(({ address }) => address)).toContain(ip);
    if (outward.some(({ family }) => family === 'IPv4')) expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    for (const word of Object.values(platform)) expect(word).toMatch(/^[\w.+-]*$/);
    expect(platform.arch).not.toBe('');
  });

  it.runIf(existsSync('/etc/os-release'))('names the Linux distribution', async () => {
    const { platform } = await describeHost();
    expect(readFileSync('/etc/os-release', 'utf8').replaceAll('"', '')).toContain(`\nID=${platform.name}\n`);
    expect(platform.arch).toBe(os.machine());
  });
});

describe('linuxRelease', () => {
  const debian =
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n';

  it.each([
    [
      'Debian, whose point release is in another file',
      debian,
      '12.11\n',
      { name: 'debian', version: '12.11' },
    ],
    ['Debian without that file', debian, '', { name: 'debian', version: '12' }],
    [
      'Ubuntu, which has that file too but with another meaning',
      'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
      'trixie/sid\n',
      { name: 'ubuntu', version: '24.04' },
    ],
    [
      'Alpine',
      "ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME='Alpine Linux v3.20'\n",
      '',
      { name: 'alpine', version: '3.20.3' },
    ],
    ['single quotes', "ID='rhel'\nVERSION_ID='9.4'\n", '', { name: 'rhel', version: '9.4' }],
    ['a rolling release', 'ID=arch\nBUILD_ID=rolling\n', '', { name: 'arch', version: '' }],
    ['nothing', '', '', { name: 'linux', version: '' }],
  ])('reads %s', (_, osRelease, debianVersion, release) => {
    expect(linuxRelease(osRelease, debianVersion)).toEqual(release);
  });
});
