import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/platform/proxy.ts';
import { parseProxyUrl, UrlError } from '../../src/util/url.ts';
import { failureOf } from '../fixtures.ts';

const ENDPOINT = 'https://us.api.mondoo.com';
const PROXY = 'http://proxy.example.org:3128/';
const HTTPS_PROXY = 'http://proxy.example.org:3128';

describe('proxyFor', () => {
  it('returns nothing in a clean environment', () => {
    expect(proxyFor(ENDPOINT, undefined, {})).toBeUndefined();
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('returns the proxy of %s, normalized', (name) => {
    expect(proxyFor(ENDPOINT, undefined, { [name]: HTTPS_PROXY })).toBe(PROXY);
    expect(proxyFor(ENDPOINT, undefined, { [name]: 'proxy.example.org:3128' })).toBe(PROXY);
  });

  it('prefers an explicit proxy, even if NO_PROXY names the endpoint', () => {
    const named = 'http://named.example.org/';
    expect(proxyFor(ENDPOINT, named, { HTTPS_PROXY, NO_PROXY: '*' })).toBe(named);
  });

  it.each([
    ['*', true],
    ['us.api.mondoo.com', true],
    ['US.API.mondoo.com', true],
    ['.mondoo.com', true],
    ['mondoo.com', true],
    ['us.api.mondoo.com:443', true],
    ['x, us.api.mondoo.com', true],
    ['us.api.mondoo.com:444', false],
    ['ondoo.com', false],
    ['deep.us.api.mondoo.com', false],
    ['', false],
    [',', false],
  ])('follows NO_PROXY=%s: direct is %s', (NO_PROXY, direct) => {
    expect(proxyFor(ENDPOINT, undefined, { HTTPS_PROXY, NO_PROXY })).toBe(direct ? undefined : PROXY);
  });

  it('returns nothing for loopback, and ignores HTTP_PROXY', () => {
    expect(proxyFor(ENDPOINT, undefined, { HTTP_PROXY: HTTPS_PROXY })).toBeUndefined();
    for (const host of ['127.0.0.1:46685', 'localhost:1', '[::1]:1']) {
      expect(proxyFor(`https://${host}`, undefined, { HTTPS_PROXY })).toBeUndefined();
    }
  });

  it.each([
    ['socks5://user:correct-horse@proxy.example.org', 'is neither an http nor an https URL'],
    ['http://user:correct-horse%@proxy.example.org', 'has a user name or a password that is not URL-encoded'],
    ['http://[correct-horse', 'is not a URL'],
  ])('rejects an unusable proxy without quoting it: %s', (proxy, problem) => {
    const error = failureOf(() => proxyFor(ENDPOINT, undefined, { HTTPS_PROXY: proxy }), 'correct-horse');
    expect(error.code).toBe('invalid-input');
    expect(error.message).toContain(`environment variable \`HTTPS_PROXY\` ${problem}`);
    expect(error.remedy).toMatch(/input `api-proxy`/);
  });
});

it('rejects a user name that is not URL-encoded', () => {
  expect(() => parseProxyUrl('http://100%:x@proxy.example.org')).toThrow(UrlError);
});
