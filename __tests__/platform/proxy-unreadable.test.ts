import { afterEach, expect, it, vi } from 'vitest';
import { proxyFor } from '../../src/platform/proxy.ts';
import { parseProxyUrl } from '../../src/values/proxy-url.ts';
import { UrlError } from '../../src/values/url-error.ts';
import { failureOf } from '../fixtures.ts';

afterEach(() => void vi.unstubAllEnvs());

it.each(['http://user:correct%horse@proxy.example.org', 'http://[correct-horse'])(
  'refuses an HTTPS_PROXY that cannot be read, rather than go around it: %s',
  (proxy) => {
    vi.stubEnv('https_proxy', '');
    vi.stubEnv('HTTPS_PROXY', proxy);
    const error = failureOf(
      () => proxyFor('https://us.api.mondoo.com', undefined),
      'correct-horse',
      'correct%horse',
    );
    expect(error.code).toBe('invalid-input');
  },
);

it('refuses a user name that is not URL-encoded, as ProxyAgent decodes it', () => {
  expect(() => parseProxyUrl('http://100%:x@proxy.example.org')).toThrow(UrlError);
});
