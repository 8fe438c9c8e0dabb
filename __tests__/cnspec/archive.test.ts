import { describe, expect, it } from 'vitest';
import { archiveFor, readChecksums } from '../../src/cnspec/releases.ts';
import { failureOf } from '../fixtures.ts';

describe('archiveFor', () => {
  it.each([
    ['linux', 'x64', 'cnspec_13.35.2_linux_amd64.tar.gz'],
    ['linux', 'arm64', 'cnspec_13.35.2_linux_arm64.tar.gz'],
    ['darwin', 'x64', 'cnspec_13.35.2_darwin_amd64.tar.gz'],
    ['darwin', 'arm64', 'cnspec_13.35.2_darwin_arm64.tar.gz'],
    ['win32', 'x64', 'cnspec_13.35.2_windows_amd64.zip'],
    ['win32', 'arm64', 'cnspec_13.35.2_windows_arm64.zip'],
  ] as const)('names the archive for %s on %s', (platform, arch, name) => {
    expect(archiveFor('13.35.2', platform, arch)).toBe(name);
  });

  it.each([
    ['freebsd', 'x64'],
    ['linux', 's390x'],
  ] as const)('reports that there is no archive for %s on %s', (platform, arch) => {
    const error = failureOf(() => archiveFor('13.35.2', platform, arch));
    expect(error).toMatchObject({ code: 'cnspec-failed' });
    expect(error.message).toContain(`can't install cnspec on this runner (${platform}, ${arch})`);
  });
});

const [ONE, OTHER] = ['a1'.repeat(32), 'B2'.repeat(32)];
const SUMS = `${ONE}  cnspec_13.0.0_linux_amd64.tar.gz\r\n${OTHER} *cnspec_13.0.0_windows_amd64.zip\nnot a line\n${ONE}  cnspec_13.0.0_linux_amd64.deb\n`;

describe('readChecksums', () => {
  it('reads the sums of all files, in lower case', () => {
    expect([...readChecksums(SUMS)]).toEqual([
      ['cnspec_13.0.0_linux_amd64.tar.gz', ONE],
      ['cnspec_13.0.0_windows_amd64.zip', OTHER.toLowerCase()],
      ['cnspec_13.0.0_linux_amd64.deb', ONE],
    ]);
  });

  it("ignores lines that aren't checksums", () => {
    expect(readChecksums(`${ONE.slice(1)}  cnspec\n<html>\n`).size).toBe(0);
  });
});
