import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { identityTarget } from '../../src/credentials/identity.ts';
import { identify } from '../../src/identify.ts';
import type { Work } from '../../src/job.ts';
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

type Given = Record<'credentials' | 'registrationToken' | 'configBase64', string>;

const masked: string[] = [];
const warnings: string[] = [];
const NONE = new ActionError('missing-credentials', 'none', 'set them');

async function resolve({ configBase64 = '', ...given }: Partial<Given>) {
  masked.length = 0;
  warnings.length = 0;
  const inputs = { credentials: '', registrationToken: '', apiEndpoint: undefined, register: true, ...given };
  const job = {
    env: { MONDOO_CONFIG_BASE64: configBase64 },
    credentialsPlace: 'the input `credentials`',
    mask: (secrets: string[]) => void masked.push(...secrets),
    log: () => {},
    warn: (text: string) => void warnings.push(text),
    findIdTokens: async () => WORKLOAD_IDENTITY.idTokens,
    explainMissingCredentials: async () => NONE,
  };
  return { ...(await identify({ inputs, job, startedAt: NOW } as unknown as Work)), warnings };
}

describe('resolveIdentity', () => {
  it.each<[string, Partial<Given>, string]>([
    ['JSON', { credentials: JSON_TEXT }, 'credentials from the input `credentials` (JSON)'],
    ['YAML', { credentials: stringify(credentials()) }, 'credentials from the input `credentials` (YAML)'],
    [
      'the environment',
      { configBase64: Buffer.from(JSON_TEXT).toString('base64') },
      'credentials from the variable `MONDOO_CONFIG_BASE64` (base64 of JSON)',
    ],
    [
      'the environment, if the input is blank',
      { credentials: ' \n', configBase64: JSON_TEXT },
      'credentials from the variable `MONDOO_CONFIG_BASE64` (JSON)',
    ],
    [
      'the input, even if the environment has credentials',
      { credentials: JSON_TEXT, configBase64: WORKLOAD },
      'credentials from the input `credentials` (JSON)',
    ],
  ])('finds a service account in %s', async (_, given, source) => {
    const resolved = await resolve(given);
    expect(resolved).toMatchObject({ identity: { kind: 'service account' }, source, warnings: [] });
    expect(masked).toContain(pemBody(KEY_PEM));
  });

  it('finds a workload identity, and the source of ID tokens', async () => {
    const { identity, source } = await resolve({ credentials: WORKLOAD });
    expect(identity).toEqual(WORKLOAD_IDENTITY);
    expect(source).toBe(
      `credentials from the input \`credentials\` (JSON): a workload identity JSON for ${OWNER_MRN}`,
    );
  });

  it('finds a registration token', async () => {
    const { identity, source } = await resolve({ registrationToken: TOKEN, configBase64: JSON_TEXT });
    expect(identity).toMatchObject({ kind: 'registration token', token: { jwt: TOKEN } });
    expect(source).toBe(`a registration token for ${OWNER_MRN}`);
    expect(identityTarget(identity)).toMatchObject({
      apiEndpoint: 'https://us.api.mondoo.com',
      ownerMrn: OWNER_MRN,
    });
  });

  it('finds nothing if no credentials are given', async () => {
    await expect(resolve({})).rejects.toBe(NONE);
    await expect(resolve({ credentials: ' ', configBase64: '\n' })).rejects.toBe(NONE);
  });

  it('masks the key even if the credentials are rejected', async () => {
    const refused = resolve({ credentials: JSON.stringify(credentials({ mrn: 'x' })) });
    await expect(refused).rejects.toThrow(ActionError);
    expect(masked).toContain(pemBody(KEY_PEM));
  });
});
