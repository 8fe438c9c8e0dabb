import { describe, expect, it } from 'vitest';
import { type NamedProxies, proxyFor } from '../../src/credentials/route.ts';
import { parseProxyUrl } from '../../src/util/url.ts';
import { failureOf } from '../fixtures.ts';

const ENDPOINT = 'https://us.api.mondoo.com';
const PROXY = 'http://proxy.example.org:3128/';
const HTTPS_PROXY = 'http://proxy.example.org:3128';

/** The proxy for the endpoint of Mondoo Platform. */
const proxyOf = (env: NodeJS.ProcessEnv, named: Partial<NamedProxies> = {}) =>
  proxyFor(ENDPOINT, { input: undefined, ...named }, env);

describe('proxyFor', () => {
  it('returns nothing in a clean environment', () => {
    expect(proxyOf({})).toEqual({});
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('returns the proxy of %s, normalized', (name) => {
    for (const value of [HTTPS_PROXY, 'proxy.example.org:3128']) {
      expect(proxyOf({ [name]: value })).toEqual({ proxy: PROXY, proxyFrom: `\`${name}\`` });
    }
  });

  it("prefers the input, then MONDOO_API_PROXY, the credentials and HTTPS_PROXY in cnspec's order", () => {
    const [input, credentials] = ['http://input.example.org/', 'http://credentials.example.org/'];
    const env = { HTTPS_PROXY, MONDOO_API_PROXY: 'http://variable.example.org', NO_PROXY: '*' };
    expect(proxyOf(env, { input, credentials })).toEqual({
      proxy: input,
      proxyFrom: 'the input `api-proxy`',
    });
    expect(proxyOf(env, { credentials })).toEqual({
      proxy: 'http://variable.example.org/',
      proxyFrom: '`MONDOO_API_PROXY`',
    });
    const unset = { ...env, MONDOO_API_PROXY: '' };
    expect(proxyOf(unset, { credentials })).toEqual({
      proxy: credentials,
      proxyFrom: '`api_proxy` of the credentials',
    });
    expect(proxyOf({ ...unset, NO_PROXY: '' }).proxy).toBe(PROXY);
  });

  it('uses MONDOO_API_PROXY for Mondoo Platform only', () => {
    expect(proxyFor('https://github.com', undefined, { MONDOO_API_PROXY: PROXY, HTTPS_PROXY: '' })).toEqual(
      {},
    );
  });

  it("uses no proxy for plain http, even if Mondoo's own settings name one", () => {
    const named = { input: PROXY, credentials: PROXY };
    expect(proxyFor('http://127.0.0.1:8080', named, { MONDOO_API_PROXY: PROXY })).toEqual({});
    expect(proxyFor('https://127.0.0.1:8080', named, {}).proxy).toBe(PROXY);
  });

  it('prefers HTTPS_PROXY and NO_PROXY over https_proxy and no_proxy, like Go', () => {
    expect(proxyOf({ HTTPS_PROXY, https_proxy: 'http://other.example.org' }).proxy).toBe(PROXY);
    expect(proxyOf({ HTTPS_PROXY, NO_PROXY: 'x', no_proxy: '*' }).proxy).toBe(PROXY);
  });

  it.each([
    ['*', true],
    ['us.api.mondoo.com', true],
    ['US.API.mondoo.com', true],
    ['.mondoo.com', true],
    ['mondoo.com', true],
    ['*.mondoo.com', true],
    ['*.API.mondoo.com', true],
    ['*.mondoo.com:443', true],
    ['*.us.api.mondoo.com', false],
    ['.us.api.mondoo.com', false],
    ['*mondoo.com', false],
    ['*.ondoo.com', false],
    ['.', false],
    ['us.api.mondoo.com:443', true],
    ['x, us.api.mondoo.com', true],
    ['us.api.mondoo.com:444', false],
    ['ondoo.com', false],
    ['deep.us.api.mondoo.com', false],
    ['', false],
    [',', false],
  ])('follows NO_PROXY=%s: direct is %s', (NO_PROXY, direct) => {
    expect(proxyOf({ HTTPS_PROXY, NO_PROXY }).proxy).toBe(direct ? undefined : PROXY);
  });

  it('returns nothing for loopback, and ignores HTTP_PROXY', () => {
    expect(proxyOf({ HTTP_PROXY: HTTPS_PROXY })).toEqual({});
    for (const host of ['127.0.0.1:46685', 'localhost:1', '[::1]:1']) {
      expect(proxyFor(`https://${host}`, undefined, { HTTPS_PROXY })).toEqual({});
    }
  });

  it.each([
    ['socks5://user:correct-horse@proxy.example.org', 'is neither an http nor an https URL'],
    ['http://user:correct-horse%@proxy.example.org', 'has a user name or a password that is not URL-encoded'],
    ['http://[correct-horse', 'is not a URL'],
    ['http://"correct-horse"', 'contains a quote or a backslash'],
    ["http://'correct-horse'", 'contains a quote or a backslash'],
    ['http:\\\\correct-horse:3128', 'contains a quote or a backslash'],
    ['http://user:correct-horse@proxy.example.org\\:3128', 'contains a quote or a backslash'],
    ['"http://user:correct-horse@proxy.example.org"', 'is not a URL'],
  ])('rejects an invalid proxy without quoting it: %s', (proxy, problem) => {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'MONDOO_API_PROXY']) {
      const error = failureOf(() => proxyOf({ [name]: proxy }), 'correct-horse');
      expect(error.code).toBe('invalid-input');
      expect(error.message).toContain(`variable \`${name}\` `);
      if (proxy.startsWith('http') || name === 'MONDOO_API_PROXY') expect(error.message).toContain(problem);
      expect(error.remedy).toMatch(/input `api-proxy`/);
    }
  });

  it('accepts an apostrophe in a password', () => {
    expect(proxyOf({ HTTPS_PROXY: "http://user:it's@proxy.example.org" }).proxy).toContain(
      'proxy.example.org',
    );
  });

  it('rejects MONDOO_API_PROXY without a scheme, because cnspec cannot use it', () => {
    const error = failureOf(() => proxyOf({ MONDOO_API_PROXY: 'proxy.example.org:3128' }));
    expect(error.message).toContain('`MONDOO_API_PROXY` is neither an http nor an https URL');
  });
});

it('rejects a user name that is not URL-encoded', () => {
  expect(() => parseProxyUrl('http://100%:x@proxy.example.org', Error)).toThrow('URL-encoded');
});
