import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/credentials/service-account.ts';
import { CERTIFICATE_PEM, certificateFor, failureOf, KEY_PEM, OTHER_KEY_PEM, pemBody } from '../fixtures.ts';

const key = createPrivateKey(KEY_PEM);

describe('readCertificate', () => {
  it('returns the validity dates of a certificate that matches the key', async () => {
    const certificate = await certificateFor(KEY_PEM, {
      from: '2026-01-02T03:04:05Z',
      to: '2027-02-03T04:05:06Z',
    });
    expect(readCertificate(certificate, key)).toEqual({
      from: new Date('2026-01-02T03:04:05Z'),
      to: new Date('2027-02-03T04:05:06Z'),
    });
  });

  it('accepts a certificate that is expired or not yet valid, because cnspec never sends it', async () => {
    const expired = await certificateFor(KEY_PEM, {
      from: '2020-01-01T00:00:00Z',
      to: '2021-01-01T00:00:00Z',
    });
    expect(readCertificate(expired, key)?.to).toEqual(new Date('2021-01-01T00:00:00Z'));
  });

  it('rejects a certificate for another key, and names both fields', async () => {
    const certificate = await certificateFor(OTHER_KEY_PEM);
    const error = failureOf(() => readCertificate(certificate, key), pemBody(KEY_PEM), pemBody(certificate));
    expect(error.code).toBe('invalid-credentials');
    expect(error.message).toMatch(/`certificate` and `private_key` .* don't belong together\. .*two sets/);
    expect(error.remedy).toMatch(/one whole set/);
  });

  it.each([
    ['no PEM', 'MIIBsjCCATmgAwIBAgIBATAKBggqhkjOPQQDAzAf'],
    ['a private key', KEY_PEM],
    ['cut off', CERTIFICATE_PEM.slice(0, 200)],
    ['without line ends', CERTIFICATE_PEM.replaceAll('\n', ' ')],
    ['with line ends escaped twice', CERTIFICATE_PEM.replaceAll('\n', '\\n')],
    ['garbage between its labels', '-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n'],
  ])('rejects text that is not a certificate: %s', (_, text) => {
    const error = failureOf(() => readCertificate(text, key), pemBody(KEY_PEM), pemBody(text));
    expect(error.code).toBe('invalid-credentials');
    expect(error.message).toMatch(/field `certificate` .* isn't a readable PEM certificate/);
    expect(error.remedy).toMatch(/Copy the credentials .* or remove the field/);
  });
});
