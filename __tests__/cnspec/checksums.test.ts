import { describe, expect, it } from 'vitest';
import { archivesIn, checksumIn } from '../../src/cnspec/checksums.ts';

const [ONE, OTHER] = ['a1'.repeat(32), 'B2'.repeat(32)];
const SUMS = `${ONE}  cnspec_13.0.0_linux_amd64.tar.gz\r\n${OTHER} *cnspec_13.0.0_windows_amd64.zip\nnot a line\n${ONE}  cnspec_13.0.0_linux_amd64.deb\n`;

describe('checksumIn', () => {
  it('finds the sum of a file, in lower case', () => {
    expect(checksumIn(SUMS, 'cnspec_13.0.0_linux_amd64.tar.gz')).toBe(ONE);
    expect(checksumIn(SUMS, 'cnspec_13.0.0_windows_amd64.zip')).toBe(OTHER.toLowerCase());
  });

  it('finds none for a file that is not listed, for a part of a name, and in lines that are none', () => {
    expect(checksumIn(SUMS, 'cnspec_13.0.0_darwin_amd64.tar.gz')).toBeUndefined();
    expect(checksumIn(SUMS, 'cnspec_13.0.0_linux_amd64.tar')).toBeUndefined();
    expect(checksumIn(`${ONE.slice(1)}  cnspec`, 'cnspec')).toBeUndefined();
    expect(checksumIn('<html>', 'cnspec')).toBeUndefined();
  });
});

describe('archivesIn', () => {
  it('lists what can be unpacked', () => {
    expect(archivesIn(SUMS)).toEqual(['cnspec_13.0.0_linux_amd64.tar.gz', 'cnspec_13.0.0_windows_amd64.zip']);
    expect(archivesIn('<html>')).toEqual([]);
  });
});
