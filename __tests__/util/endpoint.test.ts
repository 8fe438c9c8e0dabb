import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ENDPOINT, isLoopback, isTrustedHost, parseEndpoint } from '../../src/util/url.ts';

class Refused extends Error {}

const parse = (text: string) => parseEndpoint(text, (problem) => new Refused(problem));

describe('parseEndpoint', () => {
  it.each([
    ['https://us.api.mondoo.com', 'https://us.api.mondoo.com'],
    ['https://us.api.mondoo.com/', 'https://us.api.mondoo.com'],
    ['https://us.api.mondoo.com///', 'https://us.api.mondoo.com'],
    ['https://US.api.Mondoo.com', 'https://us.api.mondoo.com'],
    ['HTTPS://us.api.mondoo.com', 'https://us.api.mondoo.com'],
    ['https://us.api.mondoo.com:443', 'https://us.api.mondoo.com'],
    ['https://mondoo.example.org:8443/api/', 'https://mondoo.example.org:8443/api'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:46685', 'http://127.0.0.1:46685'],
    ['http://127.1.2.3', 'http://127.1.2.3'],
    ['http://[::1]:9/', 'http://[::1]:9'],
  ])('reads %s', (text, endpoint) => {
    expect(parse(text)).toBe(endpoint);
  });

  it.each([
    ['', 'is not a URL'],
    ['us.api.mondoo.com', 'is not a URL'],
    ['//us.api.mondoo.com', 'is not a URL'],
    ['https://', 'is not a URL'],
    ['https://us.api.mondoo.com:99999', 'is not a URL'],
    ['https://us.api.mondoo.com ', 'contains white space'],
    ['https://us.api.\tmondoo.com', 'contains white space'],
    ['https://us.api.mondoo.com\n', 'contains white space'],
    ['https://user@us.api.mondoo.com', 'contains a user name or a password'],
    ['https://:password@us.api.mondoo.com', 'contains a user name or a password'],
    ['https://us.api.mondoo.com?', 'contains a query or a fragment'],
    ['https://us.api.mondoo.com?a=b', 'contains a query or a fragment'],
    ['https://us.api.mondoo.com#', 'contains a query or a fragment'],
    ['http://us.api.mondoo.com', 'is plain http, which would send your credentials unencrypted'],
    ['http://127.0.0.1.example.org', 'is plain http'],
    ['http://localhost.example.org', 'is plain http'],
    ['http://192.0.2.2', 'is plain http'],
    ['http://0.0.0.0', 'is plain http'],
    ['ftp://us.api.mondoo.com', 'is not an https URL'],
    ['file:///etc/passwd', 'is not an https URL'],
    ['localhost:8080', 'is not an https URL'],
  ])('explains what is wrong with %j: it %s', (text, problem) => {
    expect(() => parse(text)).toThrow(Refused);
    expect(() => parse(text)).toThrow(problem);
  });

  it('returns an endpoint that paths can be appended to, or an error without the password', () => {
    const password = fc.stringMatching(/^[a-z0-9]{12}$/);
    const url = fc.oneof(
      { weight: 2, arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }) },
      password.map((secret) => `https://user:${secret}@mondoo.example.org`),
      fc.string(),
      fc.string().map((rest) => `https://${rest}`),
      fc.string().map((rest) => `https://us.api.mondoo.com/${rest}`),
    );
    fc.assert(
      fc.property(url, (text) => {
        try {
          const endpoint = parse(text);
          expect(parse(endpoint)).toBe(endpoint);
          const called = new URL(`${endpoint}/Health/Check`);
          expect(called.pathname.endsWith('/Health/Check')).toBe(true);
          expect([called.username, called.password, called.search, called.hash]).toEqual(['', '', '', '']);
          expect(called.protocol === 'https:' || isLoopback(called.hostname)).toBe(true);
          expect(endpoint).not.toMatch(/[\s\u0000-\u001f\u007f]/);
        } catch (error) {
          expect(error).toBeInstanceOf(Refused);
          const secret = /user:([a-z0-9]{12})@/.exec(text)?.[1];
          if (secret) expect((error as Error).message).not.toContain(secret);
        }
      }),
    );
  });
});

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.255.0.9', '[::1]'])('is true for %s', (hostname) => {
    expect(isLoopback(hostname)).toBe(true);
  });

  it.each(['localhost.example.org', '128.0.0.1', '127.0.0.1.nip.io', '10.0.0.1', '[::2]', ''])(
    'is false for %j',
    (hostname) => {
      expect(isLoopback(hostname)).toBe(false);
    },
  );
});

describe('isTrustedHost', () => {
  it.each([DEFAULT_ENDPOINT, 'https://mondoo.com', 'https://api.edge.mondoo.com', 'http://127.0.0.1:9'])(
    'is true for %s',
    (endpoint) => {
      expect(isTrustedHost(endpoint)).toBe(true);
    },
  );

  it.each(['https://notmondoo.com', 'https://mondoo.com.example.org', 'https://example.org/mondoo.com'])(
    'is false for %s',
    (endpoint) => {
      expect(isTrustedHost(endpoint)).toBe(false);
    },
  );
});
