import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  type Given,
  identityTarget,
  type Resolved,
  resolveIdentity,
} from '../../src/credentials/identity.ts';
import { ActionError } from '../../src/util/errors.ts';
import {
  credentials,
  ISSUER,
  jwt,
  KEY_PEM,
  NOW,
  OWNER_MRN,
  pemBody,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

const JSON_TEXT = JSON.stringify(credentials());
const TOKEN = jwt({ space: OWNER_MRN, api_endpoint: 'https://us.api.mondoo.com' });
const WORKLOAD = JSON.stringify({
  type: 'external_account',
  universeDomain: 'https://us.api.mondoo.com',
  audience: OWNER_MRN,
  issuerUri: ISSUER,
});

const masked: string[] = [];

function resolve(
  given: Partial<Given>,
  idTokens = WORKLOAD_IDENTITY.idTokens,
): Promise<Resolved | undefined> {
  masked.length = 0;
  return resolveIdentity(
    { credentials: '', registrationToken: '', configBase64: '', ...given },
    {
      endpoint: undefined,
      now: NOW,
      mask: (secrets) => void masked.push(...secrets),
      findIdTokens: async () => idTokens,
    },
  );
}

describe('resolveIdentity', () => {
  it.each<[string, Partial<Given>, string]>([
    ['JSON', { credentials: JSON_TEXT }, 'credentials from the input credentials (JSON)'],
    ['YAML', { credentials: stringify(credentials()) }, 'credentials from the input credentials (YAML)'],
    [
      'the environment',
      { configBase64: Buffer.from(JSON_TEXT).toString('base64') },
      'credentials from the environment variable MONDOO_CONFIG_BASE64 (base64 of JSON)',
    ],
    [
      'the environment, if the input is blank',
      { credentials: ' \n', configBase64: JSON_TEXT },
      'credentials from the environment variable MONDOO_CONFIG_BASE64 (JSON)',
    ],
    [
      'the input, whatever is in the environment',
      { credentials: JSON_TEXT, configBase64: WORKLOAD },
      'credentials from the input credentials (JSON)',
    ],
  ])('finds a service account in %s', async (_, given, source) => {
    const resolved = await resolve(given);
    expect(resolved).toMatchObject({ identity: { kind: 'service account' }, source, warnings: [] });
    expect(masked).toContain(pemBody(KEY_PEM));
  });

  it('finds a workload identity, and where the job gets ID tokens', async () => {
    const { identity, source } = (await resolve({ credentials: WORKLOAD }))!;
    expect(identity).toEqual(WORKLOAD_IDENTITY);
    expect(source).toBe(
      `credentials from the input credentials (JSON): a workload identity for ${OWNER_MRN}`,
    );
  });

  it('finds a registration token', async () => {
    const { identity, source } = (await resolve({ registrationToken: TOKEN, configBase64: JSON_TEXT }))!;
    expect(identity).toMatchObject({ kind: 'registration token', token: { jwt: TOKEN } });
    expect(source).toBe(`a registration token for ${OWNER_MRN}`);
    expect(identityTarget(identity)).toMatchObject({
      apiEndpoint: 'https://us.api.mondoo.com',
      ownerMrn: OWNER_MRN,
    });
  });

  it('finds nothing if nothing was given', async () => {
    expect(await resolve({})).toBeUndefined();
    expect(await resolve({ credentials: ' ', configBase64: '\n' })).toBeUndefined();
  });

  it('masks the key even of credentials that are refused', async () => {
    const refused = resolve({ credentials: JSON.stringify(credentials({ mrn: 'x' })) });
    await expect(refused).rejects.toThrow(ActionError);
    expect(masked).toContain(pemBody(KEY_PEM));
  });
});
