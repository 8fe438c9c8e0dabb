import { describe, expect, it } from 'vitest';
import { certificateProblem, readServiceAccount } from '../../src/credentials/service-account.ts';
import {
  CERTIFICATE_PEM,
  CLIENT_MRN,
  certificateFor,
  credentials,
  failureOf,
  KEY_PEM,
  NOW,
  OTHER_KEY_PEM,
  OWNER_MRN,
  pem,
  pemBody,
  pkcs8,
  SERVICE_ACCOUNT_MRN,
} from '../fixtures.ts';

const ORGANIZATION = '//captain.api.mondoo.app/organizations/lunalectric';

function read(changes: Record<string, unknown> = {}, endpoint?: string) {
  return readServiceAccount(credentials(changes), { now: NOW, endpoint });
}

function refusalOf(changes: Record<string, unknown>, document = credentials(changes)) {
  const secrets = Object.values(document)
    .filter((value) => typeof value === 'string' && value.includes('PRIVATE KEY'))
    .map((value) => pemBody(value as string));
  const error = failureOf(() => readServiceAccount(document, { now: NOW }), pemBody(KEY_PEM), ...secrets);
  expect(error.code).toBe('invalid-credentials');
  expect(error.remedy).not.toBe('');
  return error;
}

describe('valid credentials', () => {
  it('are read without a warning', () => {
    const { account, warnings } = read();
    expect(warnings).toEqual([]);
    expect(account).toMatchObject({
      mrn: SERVICE_ACCOUNT_MRN,
      ownerMrn: OWNER_MRN,
      apiEndpoint: 'https://us.api.mondoo.com',
      certificate: { from: new Date('2025-11-24T00:00:00Z'), to: new Date('2027-11-24T00:00:00Z') },
    });
    expect(pem(account.privateKey)).toBe(KEY_PEM);
    expect(account.agentMrn).toBeUndefined();
  });

  it('may name the client that they are registered with', () => {
    expect(read({ agent_mrn: CLIENT_MRN }).account.agentMrn).toBe(CLIENT_MRN);
  });

  it.each([undefined, null, ''])('treat a field that is %j as absent, like Go', (nothing) => {
    const { account } = read({ agent_mrn: nothing, scope_mrn: nothing, parent_mrn: nothing });
    expect(account.agentMrn).toBeUndefined();
    expect(account.ownerMrn).toBe(OWNER_MRN);
  });

  it.each([
    [
      'scope over space over parent',
      { scope_mrn: `${OWNER_MRN}-a`, parent_mrn: `${OWNER_MRN}-c` },
      `${OWNER_MRN}-a`,
    ],
    ['space over parent', { parent_mrn: `${OWNER_MRN}-c` }, OWNER_MRN],
    ['parent', { space_mrn: undefined, parent_mrn: ORGANIZATION }, ORGANIZATION],
    ['the owner in its own MRN', { space_mrn: undefined }, OWNER_MRN],
    [
      'the owner in its own MRN, also an organization',
      { space_mrn: undefined, mrn: '//agents.api.mondoo.app/organizations/lunalectric/serviceaccounts/1' },
      ORGANIZATION,
    ],
  ])('belong to the owner that cnspec chooses: %s', (_, changes, owner) => {
    expect(read(changes).account.ownerMrn).toBe(owner);
  });
});

describe('the endpoint', () => {
  it('loses the trailing slash', () => {
    expect(read({ api_endpoint: 'https://eu.api.mondoo.com/' }).account.apiEndpoint).toBe(
      'https://eu.api.mondoo.com',
    );
  });

  it('defaults to the US region, with a warning', () => {
    const { account, warnings } = read({ api_endpoint: undefined });
    expect(account.apiEndpoint).toBe('https://us.api.mondoo.com');
    expect(warnings).toEqual([
      expect.stringMatching(
        /`api_endpoint` .* is missing.*https:\/\/us\.api\.mondoo\.com.*another region.*api-endpoint/,
      ),
    ]);
  });

  it('causes a warning if it is not a host of mondoo.com', () => {
    const { account, warnings } = read({ api_endpoint: 'https://mondoo.com.example.org:8443' });
    expect(account.apiEndpoint).toBe('https://mondoo.com.example.org:8443');
    expect(warnings).toEqual([
      expect.stringMatching(
        /mondoo\.com\.example\.org:8443`, which isn't a host of mondoo\.com.*api-endpoint/,
      ),
    ]);
  });

  it('of the input overrides without a warning, even an invalid one', () => {
    for (const api_endpoint of [
      undefined,
      'https://eu.api.mondoo.com',
      'https://elsewhere.example.org',
      'nonsense',
    ]) {
      const { account, warnings } = read({ api_endpoint }, 'https://mondoo.example.org');
      expect(account.apiEndpoint).toBe('https://mondoo.example.org');
      expect(warnings).toEqual([]);
    }
  });

  it.each([
    ['us.api.mondoo.com', 'is not a URL'],
    ['http://us.api.mondoo.com', 'is plain http'],
    ['https://user:password@us.api.mondoo.com', 'contains a user name or a password'],
    ['https://us.api.mondoo.com?token=12345678', 'contains a query or a fragment'],
    ['ftp://us.api.mondoo.com', 'is not an https URL'],
    ['https://us.api.mondoo.com ', 'contains white space'],
  ])('is rejected without being quoted if it is not an endpoint: %s', (api_endpoint, found) => {
    const { message, remedy } = refusalOf({ api_endpoint });
    expect(message).toContain(`The field \`api_endpoint\` of the credentials ${found}`);
    expect(message + remedy).not.toMatch(/password@|12345678/);
    expect(remedy).toMatch(/https:\/\/us\.api\.mondoo\.com.*input `api-endpoint`/);
  });
});

describe('the proxy', () => {
  it('is read as a URL, and is not a required field', () => {
    expect(read({ api_proxy: 'http://proxy.example.org:3128' }).account.apiProxy).toBe(
      'http://proxy.example.org:3128/',
    );
    expect(read().account.apiProxy).toBeUndefined();
    expect(read({ api_proxy: '' }).account.apiProxy).toBeUndefined();
  });

  it.each([
    ['proxy.example.org:3128', 'is neither an http nor an https URL'],
    ['socks5://user:correct-horse@proxy.example.org', 'is neither an http nor an https URL'],
    ['http://user:correct-horse%@proxy.example.org', 'has a user name or a password that is not URL-encoded'],
  ])('is rejected without being quoted if it is not a proxy URL: %s', (api_proxy, found) => {
    const { message, remedy } = refusalOf({ api_proxy });
    expect(message).toContain(`The field \`api_proxy\` of the credentials ${found}.`);
    expect(message + remedy).not.toContain('correct-horse');
  });
});

describe('the certificate', () => {
  it('may be missing, with a warning', () => {
    const { account, warnings } = read({ certificate: undefined });
    expect(account.certificate).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/no certificate.*cnspec works without it/)]);
  });

  it('may be expired, with a warning that gives the date', async () => {
    const certificate = await certificateFor(KEY_PEM, {
      from: '2020-01-01T00:00:00Z',
      to: '2026-11-24T22:59:42Z',
    });
    const { account, warnings } = read({ certificate });
    expect(account.certificate?.to).toEqual(new Date('2026-11-24T22:59:42Z'));
    expect(warnings).toEqual([expect.stringContaining('expired on 2026-11-24T22:59:42.000Z')]);
  });

  it('may be not yet valid, with a warning that gives the date', async () => {
    const certificate = await certificateFor(KEY_PEM, {
      from: '2026-11-24T22:59:44Z',
      to: '2030-01-01T00:00:00Z',
    });
    expect(read({ certificate }).warnings).toEqual([
      expect.stringContaining('is not valid before 2026-11-24T22:59:44.000Z'),
    ]);
  });

  it('is rejected if it is for another key', async () => {
    const { message } = refusalOf({ certificate: await certificateFor(OTHER_KEY_PEM) });
    expect(message).toMatch(/`certificate` and `private_key` .* don't belong together/);
  });

  it('is rejected if it is not a certificate', () => {
    expect(refusalOf({ certificate: KEY_PEM }).message).toMatch(
      /field `certificate` .* isn't a readable PEM/,
    );
  });
});

describe('certificateProblem', () => {
  const validity = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2027-01-01T00:00:00Z') };

  it.each([
    ['2026-01-01T00:00:00.000Z', undefined],
    ['2027-01-01T00:00:00.000Z', undefined],
    ['2025-12-31T23:59:59.999Z', 'is not valid before 2026-01-01T00:00:00.000Z'],
    ['2027-01-01T00:00:00.001Z', 'expired on 2027-01-01T00:00:00.000Z'],
  ])('reports at %s: %s', (now, problem) => {
    expect(certificateProblem(validity, new Date(now))).toBe(problem);
  });
});

describe('credentials that cannot work', () => {
  it('are rejected if they are empty', () => {
    expect(refusalOf({}, {}).message).toBe('The field `mrn` of the credentials is missing or empty.');
  });

  it.each(['mrn', 'private_key'])('are rejected without %s, and the error names it', (field) => {
    for (const nothing of [undefined, null, '']) {
      const { message, remedy } = refusalOf({ [field]: nothing });
      expect(message).toContain(`The field \`${field}\` of the credentials is missing or empty`);
      expect(remedy).toMatch(/Generate Long-Lived Credentials/);
    }
  });

  it('are rejected with their number of fields', () => {
    expect(refusalOf({}, { token: 'x' }).evidence).toBe('Number of other fields: 1');
    expect(refusalOf({}, { token: 'x', user: 'y' }).evidence).toBe('Number of other fields: 2');
  });

  it.each([
    'mrn',
    'private_key',
    'certificate',
    'api_endpoint',
    'scope_mrn',
    'space_mrn',
    'parent_mrn',
    'agent_mrn',
  ])('are rejected if %s is not text', (field) => {
    expect(refusalOf({ [field]: [KEY_PEM] }).message).toContain(
      `The field \`${field}\` of the credentials isn't text`,
    );
    expect(refusalOf({ [field]: 12345678 }).message).toContain("isn't text");
    expect(refusalOf({ [field]: true }).message).toContain("isn't text");
  });

  it.each([
    ['mrn', OWNER_MRN, /field `mrn` .* isn't the MRN of a service account, .*serviceaccounts\/<id>/],
    ['mrn', `${SERVICE_ACCOUNT_MRN}\n`, /field `mrn` .* isn't the MRN of a service account/],
    ['mrn', `${SERVICE_ACCOUNT_MRN}/extra`, /field `mrn` .* isn't the MRN of a service account/],
    ['scope_mrn', SERVICE_ACCOUNT_MRN, /field `scope_mrn` .* isn't the MRN of a space or an organization/],
    ['space_mrn', 'oracle-space', /field `space_mrn` .* isn't the MRN of a space or an organization/],
    ['parent_mrn', `${OWNER_MRN}/`, /field `parent_mrn` .* isn't the MRN of a space or an organization/],
    ['agent_mrn', SERVICE_ACCOUNT_MRN, /field `agent_mrn` .* isn't the MRN of a client, .*agents\/<id>/],
  ])('are rejected if %s is %j', (field, value, found) => {
    const { message, remedy } = refusalOf({ [field]: value });
    expect(message).toMatch(found);
    expect(remedy).toMatch(/Store the JSON unchanged/);
  });

  it('are rejected if the key is on another curve, with or without a certificate', () => {
    expect(refusalOf({ private_key: pkcs8('P-256') }).message).toMatch(/`private_key` .* P-256/);
  });

  it('are rejected if key and certificate are swapped', () => {
    expect(refusalOf({ private_key: CERTIFICATE_PEM, certificate: KEY_PEM }).message).toMatch(/swapped/);
  });
});
