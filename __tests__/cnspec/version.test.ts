import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReleaseVersion, majorOf, parseVersionSpec } from '../../src/cnspec/version.ts';

describe('parseVersionSpec', () => {
  it.each([
    ['latest', { kind: 'latest' }],
    ['Latest', { kind: 'latest' }],
    ['13', { kind: 'major', major: 13 }],
    ['v13', { kind: 'major', major: 13 }],
    ['13.35.2', { kind: 'exact', version: '13.35.2' }],
    ['v13.35.2', { kind: 'exact', version: '13.35.2' }],
    ['13.0.0-rc.1', { kind: 'exact', version: '13.0.0-rc.1' }],
  ])('reads %s', (text, spec) => {
    expect(parseVersionSpec(text)).toEqual(spec);
  });

  it.each([
    '',
    '13.1',
    '13.x',
    '13.35.2.1',
    '013.1.1',
    '13.35.2/../..',
    '>=13',
    'newest',
    '13.35.2-',
    '-1',
    '1 3',
  ])('rejects "%s"', (text) => {
    expect(parseVersionSpec(text)).toBeUndefined();
  });

  it('rejects anything that could change the meaning of a URL or a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const spec = parseVersionSpec(text);
        if (spec?.kind === 'exact') expect(spec.version).toMatch(/^\d[\d.]*(?:-[\w.-]+)?$/);
      }),
    );
  });
});

describe('isReleaseVersion', () => {
  it('requires three numbers', () => {
    expect(['13.35.2', '0.0.1', '13.0.0-rc.1'].filter(isReleaseVersion)).toHaveLength(3);
    expect(['13', 'v13.35.2', '13.35.2\n', '13.35.2+build', ''].filter(isReleaseVersion)).toEqual([]);
  });
});

describe('majorOf', () => {
  it('returns the first number', () => {
    expect(['13.35.2', 'v9.0.1', 'unstable', '13', ''].map(majorOf)).toEqual([
      13,
      9,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
