import { describe, expect, it } from 'vitest';
import { withoutForeignPaths } from '../../src/cnspec/told-url.ts';

const told = (url: string | undefined, releases = 'https://mirror.example.org/mondoo') =>
  withoutForeignPaths({ updatesUrl: url, providersUrl: url }, releases);

describe('withoutForeignPaths', () => {
  it.each([
    ['https://mirror.example.org/mondoo'],
    ['https://mirror.example.org/mondoo/'],
    ['https://mirror.example.org/mondoo/providers'],
    [undefined],
  ])('leaves what is of the releases host: %s', (url) => {
    expect(told(url)).toEqual({ updatesUrl: url, providersUrl: url });
  });

  it.each([
    ['https://mirror.example.org/mondoo-secret', 'https://mirror.example.org'],
    ['https://mirror.example.org/mondoo/../secret', 'https://mirror.example.org'],
    ['https://other.example.org:8443/secret', 'https://other.example.org:8443'],
    ['http://mirror.example.org/mondoo', 'http://mirror.example.org'],
  ])('leaves the host alone of any other: %s', (url, host) => {
    expect(told(url)).toEqual({ updatesUrl: host, providersUrl: host });
  });
});
