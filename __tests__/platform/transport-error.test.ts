import { describe, expect, it } from 'vitest';
import { toHttpError, UNKNOWN_CA_CODES } from '../../src/platform/transport-error.ts';

const url = new URL('https://us.api.mondoo.com/Health/Check');
const PROXY = new URL('http://user:correct-horse@proxy.example.org:3128/');

function failure(code: string, message = 'POST correct-horse failed'): Error {
  return Object.assign(new Error(message), { code });
}

describe('toHttpError', () => {
  it.each([
    ['ECONNREFUSED', 'us.api.mondoo.com refuses connections (ECONNREFUSED)'],
    ['ENOTFOUND', 'the name of us.api.mondoo.com cannot be resolved (ENOTFOUND)'],
    ['EAI_AGAIN', 'the name of us.api.mondoo.com cannot be resolved at the moment (EAI_AGAIN)'],
    ['ENETUNREACH', 'there is no network route to us.api.mondoo.com (ENETUNREACH)'],
    ['EHOSTUNREACH', 'there is no network route to us.api.mondoo.com (EHOSTUNREACH)'],
    ['ETIMEDOUT', 'us.api.mondoo.com does not respond (ETIMEDOUT)'],
    ['EPROTO', 'us.api.mondoo.com does not speak TLS (EPROTO)'],
    ['CERT_HAS_EXPIRED', 'the TLS certificate of us.api.mondoo.com has expired (CERT_HAS_EXPIRED)'],
    ['EXOTIC', 'no connection to us.api.mondoo.com (EXOTIC)'],
    ['', 'no connection to us.api.mondoo.com'],
  ])('names host and reason for a failed connection: %s', (code, text) => {
    expect(toHttpError(failure(code), 'connect', url).message).toBe(text);
  });

  it('names the proxy, without its password, if the proxy cannot be reached', () => {
    const text = (code: string) => toHttpError(failure(code), 'connect', url, PROXY).message;
    expect(text('ECONNREFUSED')).toBe('the proxy proxy.example.org:3128 refuses connections (ECONNREFUSED)');
    expect(text('ENOTFOUND')).toBe(
      'the name of the proxy proxy.example.org:3128 cannot be resolved (ENOTFOUND)',
    );
    expect(text('EXOTIC')).toBe('no connection to the proxy proxy.example.org:3128 (EXOTIC)');
  });

  it('names the owner of the certificate', () => {
    const text = (proxy?: URL) => toHttpError(failure('CERT_HAS_EXPIRED'), 'connect', url, proxy).message;
    expect(text()).toMatch(/^the TLS certificate of us\.api\.mondoo\.com has expired/);
    expect(toHttpError(failure('CERT_HAS_EXPIRED'), 'connect', url, PROXY, true).message).toMatch(
      /^the TLS certificate of us\.api\.mondoo\.com through the proxy proxy\.example\.org:3128 has expired/,
    );
    expect(text(PROXY)).toMatch(/^the TLS certificate of the proxy proxy\.example\.org:3128 has expired/);
  });

  it('reports how far the request got', () => {
    const text = (phase: 'headers' | 'body') => toHttpError(failure('ECONNRESET'), phase, url).message;
    expect(text('headers')).toBe(
      'the connection to us.api.mondoo.com was lost before a response arrived (ECONNRESET)',
    );
    expect(text('body')).toBe(
      'the connection to us.api.mondoo.com was lost in the middle of the response (ECONNRESET)',
    );
  });

  it('never includes the text of the original error', () => {
    for (const phase of ['connect', 'headers', 'body'] as const) {
      for (const proxy of [undefined, PROXY]) {
        expect(toHttpError(failure('EXOTIC'), phase, url, proxy).message).not.toContain('correct-horse');
      }
    }
  });
});

describe('a permanent failure', () => {
  it.each([
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'EPROTO',
    'ERR_INVALID_CHAR',
  ])('is recognized: %s', (code) => expect(toHttpError(failure(code), 'connect', url).permanent).toBe(true));

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', ''])('is not %j', (code) =>
    expect(toHttpError(failure(code), 'connect', url).permanent).toBe(false),
  );
});

describe('UNKNOWN_CA_CODES', () => {
  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', true],
    ['CERT_HAS_EXPIRED', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false],
    ['', false],
  ])('%j: %s', (code, unknown) => {
    expect(code in UNKNOWN_CA_CODES).toBe(unknown);
  });
});
