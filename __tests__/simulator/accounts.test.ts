import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { mintAccount } from '../../simulator/accounts.ts';

test('mints a P-384 key and a certificate that belongs to it', async () => {
  const { credentials, publicKey } = await mintAccount();
  const key = createPrivateKey(credentials.private_key);
  const certificate = new X509Certificate(credentials.certificate);

  expect(credentials.private_key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(key.asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
  expect(createPublicKey(key).equals(publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subject).toBe(`CN=${credentials.mrn}`);
});

test('belongs to a space', async () => {
  const { credentials } = await mintAccount({ space: 'team', endpoint: 'https://eu.api.mondoo.com' });
  expect(credentials).toMatchObject({
    mrn: expect.stringMatching(
      /^\/\/agents\.api\.mondoo\.app\/spaces\/team\/serviceaccounts\/[0-9A-Za-z]{27}$/,
    ),
    space_mrn: '//captain.api.mondoo.app/spaces/team',
    parent_mrn: '//captain.api.mondoo.app/spaces/team',
    scope_mrn: '//captain.api.mondoo.app/spaces/team',
    api_endpoint: 'https://eu.api.mondoo.com',
  });
});

test('belongs to an organization', async () => {
  const { credentials } = await mintAccount({ organization: 'lunalectric' });
  expect(credentials.mrn).toMatch(
    /^\/\/agents\.api\.mondoo\.app\/organizations\/lunalectric\/serviceaccounts\//,
  );
  expect(credentials.scope_mrn).toBe('//captain.api.mondoo.app/organizations/lunalectric');
  expect(credentials).not.toHaveProperty('space_mrn');
});

test.each(['2020-02-29T12:34:56Z', '2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z'])(
  'has a certificate until %s',
  async (end) => {
    const { credentials } = await mintAccount({ certificateNotAfter: new Date(end) });
    expect(new X509Certificate(credentials.certificate).validToDate).toEqual(new Date(end));
  },
);
