import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { proxyFor } from '../../src/platform/proxy.ts';
import { failureOf } from '../fixtures.ts';

const ENDPOINT = 'https://us.api.mondoo.com';

beforeEach(() => {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'])
    vi.stubEnv(name, '');
});
afterEach(() => void vi.unstubAllEnvs());

describe('proxyFor', () => {
  it('is nothing in a clean environment', () => {
    expect(proxyFor(ENDPOINT, undefined)).toBeUndefined();
  });

  it('is the one of the environment, normalized', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.org:3128');
    expect(proxyFor(ENDPOINT, undefined)).toBe('http://proxy.example.org:3128/');
  });

  it('is the one that is named outright, also where NO_PROXY names the endpoint', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.org:3128');
    vi.stubEnv('NO_PROXY', '*');
    expect(proxyFor(ENDPOINT, 'http://named.example.org/')).toBe('http://named.example.org/');
  });

  it.each(['us.api.mondoo.com', '.mondoo.com', 'mondoo.com', 'us.api.mondoo.com:443', 'x,us.api.mondoo.com'])(
    'is nothing where NO_PROXY is %s',
    (noProxy) => {
      vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.org:3128');
      vi.stubEnv('NO_PROXY', noProxy);
      expect(proxyFor(ENDPOINT, undefined)).toBeUndefined();
    },
  );

  it('is not the one for plain http, nor for anything on loopback', () => {
    vi.stubEnv('HTTP_PROXY', 'http://proxy.example.org:3128');
    expect(proxyFor(ENDPOINT, undefined)).toBeUndefined();
    expect(proxyFor('http://127.0.0.1:46685', undefined)).toBeUndefined();
  });

  it('is refused when it cannot be used, without being quoted', () => {
    vi.stubEnv('HTTPS_PROXY', 'socks5://user:correct-horse@proxy.example.org');
    const error = failureOf(() => proxyFor(ENDPOINT, undefined), 'correct-horse');
    expect(error.code).toBe('invalid-input');
    expect(error.message).toMatch(
      /environment variable HTTPS_PROXY names is neither an http nor an https URL/,
    );
    expect(error.remedy).toMatch(/input api-proxy/);
  });
});
