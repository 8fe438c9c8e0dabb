import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ExternalAccount,
  readExternalAccount,
  requireIssuer,
} from '../../src/credentials/external-account.ts';
import { ActionError } from '../../src/util/errors.ts';
import {
  failureOf,
  ISSUER,
  jwt,
  KEY_PEM,
  OWNER_MRN,
  parseGiven,
  pemBody,
  SERVICE_ACCOUNT_MRN,
} from '../fixtures.ts';

const US = 'https://us.api.mondoo.com';
const ELSEWHERE = 'https://mondoo.example.org';

/** A workload identity as the Console exports it, with changes; a field set to undefined is omitted. */
function workloadIdentity(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const document = {
    universeDomain: US,
    scopes: ['//iam.api.mondoo.app/roles/agent'],
    type: 'external_account',
    audience: OWNER_MRN,
    subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
    issuerUri: ISSUER,
    ...changes,
  };
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

function read(changes: Record<string, unknown> = {}, endpoint?: string) {
  return readExternalAccount(parseGiven(JSON.stringify(workloadIdentity(changes))), endpoint);
}

function refusalOf(changes: Record<string, unknown>, endpoint?: string, ...secrets: string[]): ActionError {
  const error = failureOf(() => read(changes, endpoint), ...secrets);
  expect(error.code).toBe('invalid-credentials');
  return error;
}

describe('a valid workload identity', () => {
  it('is read without a warning', () => {
    expect(read()).toEqual({
      account: { apiEndpoint: US, declaredEndpoint: US, ownerMrn: OWNER_MRN, issuerUri: ISSUER },
      warnings: [],
    });
  });

  it('may belong to an organization', () => {
    const audience = '//captain.api.mondoo.app/organizations/lunalectric';
    expect(read({ audience }).account.ownerMrn).toBe(audience);
  });

  it('may omit the type of its tokens', () => {
    expect(read({ subjectTokenType: undefined }).account.ownerMrn).toBe(OWNER_MRN);
  });

  it('causes a warning if it contains a token, without printing the token', () => {
    const jwtToken = jwt({ iss: 'https://issuer.example.org' });
    const { account, warnings } = read({ jwtToken });
    expect(account).toEqual(read().account);
    expect(warnings).toEqual([expect.stringMatching(/field `jwtToken`.*ignores it.*Remove it/)]);
    for (const part of jwtToken.split('.')) expect(warnings[0]).not.toContain(part);
  });
});

it.each(['audience', 'universeDomain', 'issuerUri'])(
  'with a key in the field %s does not print the key',
  (field) => {
    const { message } = refusalOf({ [field]: KEY_PEM }, undefined, pemBody(KEY_PEM));
    expect(message).toBe(
      `The field \`${field}\` of the workload identity JSON holds a key or a certificate.`,
    );
  },
);

describe('the audience', () => {
  it.each([undefined, null, '', 12, [OWNER_MRN], { spaces: OWNER_MRN }])(
    'is rejected if it is %j',
    (audience) => {
      const problem = audience ? "isn't text." : 'is missing or empty.';
      expect(refusalOf({ audience }).message).toBe(
        `The field \`audience\` of the workload identity JSON ${problem}`,
      );
    },
  );

  it.each([
    '//iam.googleapis.com/projects/12345/locations/global/workloadIdentityPools/pool/providers/github',
    'api://AzureADTokenExchange',
    SERVICE_ACCOUNT_MRN,
    '//captain.api.mondoo.app/',
    '//captain.api.mondoo.app/spaces/',
    '//captain.api.mondoo.app/spaces/a/b',
    '//captain.api.mondoo.app/users/someone',
    'https://captain.api.mondoo.app/spaces/oracle-space',
    `${OWNER_MRN}/`,
    ` ${OWNER_MRN}`,
    `${OWNER_MRN}?audience=sts.amazonaws.com`,
  ])('is rejected and reported if it is not for Mondoo: %s', (audience) => {
    const { message, remedy } = refusalOf({ audience });
    expect(message).toContain(
      "The field `audience` of the workload identity JSON isn't the MRN of a space or an",
    );
    expect(message).toContain('such as `//captain.api.mondoo.app/spaces/<id>`');
    expect(message).toContain(`The value is \`${audience.trim()}\`.`);
    expect(remedy).toMatch(/Mondoo Console/);
  });

  it.each([
    'sts.amazonaws.com',
    pemBody(KEY_PEM).slice(0, 64),
    'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2lnbmF0dXJl',
  ])('is not quoted if it may be a secret: %s', (audience) => {
    const { message } = refusalOf({ audience });
    expect(message).toContain("isn't the MRN of a space or an");
    expect(message).not.toContain(audience.slice(0, 16));
  });

  it('is reported in one plain line of limited length', () => {
    expect(refusalOf({ audience: `${OWNER_MRN}\n` }).message).not.toMatch(/[\r\n]/);
    const { message } = refusalOf({ audience: `//x\r\n::error::##[group]${'x'.repeat(5000)}` });
    expect(message).toContain('`//x ::error::# #[group]xxx');
    expect(message).not.toMatch(/[\r\n]|##\[/);
    expect(message.length).toBeLessThan(500);
  });
});

describe('the token type', () => {
  it.each([
    'urn:ietf:params:oauth:token-type:saml2',
    'urn:ietf:params:aws:token-type:aws4_request',
    ['urn:ietf:params:oauth:token-type:jwt'],
  ])('is rejected if it is %j', (subjectTokenType) => {
    expect(refusalOf({ subjectTokenType }).message).toMatch(
      /field `subjectTokenType` .* isn't `urn:ietf:params:oauth:token-type:jwt`/,
    );
  });
});

describe('the endpoint', () => {
  it.each([
    ['https://eu.api.mondoo.com/', 'https://eu.api.mondoo.com'],
    ['https://mondoo.com', 'https://mondoo.com'],
    ['http://127.0.0.1:46685', 'http://127.0.0.1:46685'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:9', 'http://[::1]:9'],
  ])('may be under mondoo.com or on the runner: %s', (universeDomain, endpoint) => {
    expect(read({ universeDomain }).account).toMatchObject({
      apiEndpoint: endpoint,
      declaredEndpoint: endpoint,
    });
  });

  it.each([undefined, null, '', 443, [US]])('is rejected if it is %j', (universeDomain) => {
    const problem = universeDomain ? "isn't text." : 'is missing or empty.';
    expect(refusalOf({ universeDomain }).message).toBe(
      `The field \`universeDomain\` of the workload identity JSON ${problem}`,
    );
  });

  it.each([
    ['https://evil-mondoo.com', 'evil-mondoo.com'],
    ['https://mondoo.com.evil.org', 'mondoo.com.evil.org'],
    ['https://mondoo.com%2eevil.org', 'mondoo.com.evil.org'],
    ['https://evil.org/.mondoo.com', 'evil.org'],
    ['https://evil.org\\.mondoo.com', 'evil.org'],
    ['https://us.api.mondoo.com.', 'us.api.mondoo.com.'],
    ['https://googleapis.com', 'googleapis.com'],
    ['https://10.0.0.1:8443', '10.0.0.1:8443'],
    ['https://127.0.0.1.evil.org', '127.0.0.1.evil.org'],
  ])('is rejected and reported if it is on another host: %s', (universeDomain, host) => {
    const { message, remedy } = refusalOf({ universeDomain });
    expect(message).toContain(
      `\`universeDomain\` of the workload identity JSON names \`${host}\`, which isn't a host of`,
    );
    expect(message).toContain('Nothing was sent there.');
    expect(remedy).toMatch(/If you trust this host, set the input `api-endpoint`/);
  });

  it.each([
    ['https://mondoo.com@evil.org', 'contains a user name or a password'],
    ['https://user:correct-horse@us.api.mondoo.com', 'contains a user name or a password'],
    ['http://us.api.mondoo.com', 'is plain http'],
    ['http://evil.org', 'is plain http'],
    ['https://evil.org?.mondoo.com', 'contains a query or a fragment'],
    ['https://evil.org#.mondoo.com', 'contains a query or a fragment'],
    ['https://us.api.mondoo.com\n', 'contains white space'],
    ['javascript://mondoo.com', 'is not an https URL'],
    ['us.api.mondoo.com', 'is not a URL'],
    ['mondoo.com', 'is not a URL'],
  ])('is rejected without being quoted if it is not an endpoint: %j', (universeDomain, found) => {
    const { message, remedy } = refusalOf({ universeDomain }, undefined, 'correct-horse');
    expect(message).toContain(`The field \`universeDomain\` of the workload identity JSON ${found}`);
    expect(message + remedy).not.toContain('evil.org');
    expect(remedy).toMatch(/Mondoo Console/);
  });

  it('may be on another host if the input api-endpoint names it too', () => {
    const { account } = read({ universeDomain: `${ELSEWHERE}/tenant/` }, ELSEWHERE);
    expect(account).toMatchObject({ apiEndpoint: ELSEWHERE, declaredEndpoint: `${ELSEWHERE}/tenant` });
  });

  it.each(['https://other.example.org', `${ELSEWHERE}:8443`, US])(
    'is rejected on another host if the input api-endpoint is %s',
    (endpoint) => {
      const { message } = refusalOf({ universeDomain: ELSEWHERE }, endpoint);
      expect(message).toContain("mondoo.example.org`, which isn't a host of mondoo.com");
    },
  );

  it('in the input overrides that of the file, and both are kept', () => {
    expect(read({}, ELSEWHERE).account).toMatchObject({ apiEndpoint: ELSEWHERE, declaredEndpoint: US });
    expect(read({}, 'https://eu.api.mondoo.com').account.apiEndpoint).toBe('https://eu.api.mondoo.com');
  });
});

describe('the issuer', () => {
  it.each([undefined, null, '', true])('is rejected if it is %j', (issuerUri) => {
    const problem = issuerUri ? "isn't text." : 'is missing or empty.';
    expect(refusalOf({ issuerUri }).message).toBe(
      `The field \`issuerUri\` of the workload identity JSON ${problem}`,
    );
  });

  const account: ExternalAccount = read().account;
  const claims = { issuer: ISSUER, subject: 'repo:acme/shop:ref:refs/heads/main' };

  it('of the token matches the workload identity', () => {
    expect(() => requireIssuer(account, claims)).not.toThrow();
  });

  it.each([
    'https://github.example.com/_services/token',
    `${ISSUER}/acme`,
    ISSUER.toUpperCase(),
    'https://token.actions.githubusercontent.com.evil.org',
  ])('of the token is rejected if it differs, and both are reported: %s', (issuer) => {
    const { code, message, remedy } = failureOf(() => requireIssuer(account, { ...claims, issuer }));
    expect(code).toBe('invalid-credentials');
    expect(message).toContain(`token's issuer is \`${issuer}\``);
    expect(message).toContain(`field \`issuerUri\` is \`${ISSUER}\``);
    expect(message).toContain('the ID token was not sent.');
    expect(remedy).toMatch(/Set up workload identity federation for the issuer.*A CI server of your own/);
  });

  it.each([
    [`${ISSUER}/`, ISSUER],
    [ISSUER, `${ISSUER}/`],
  ])('that differs by a trailing slash only: the message says so (%s)', (issuerUri, issuer) => {
    const { code, message, remedy } = failureOf(() => requireIssuer({ ...account, issuerUri }, { issuer }));
    expect(code).toBe('invalid-credentials');
    expect(message).toMatch(/the ID token was not sent\. .* They differ only in the slash at the end\.$/);
    expect(remedy).toBe(
      "Write the token's issuer exactly, in the JSON and in the Mondoo Console (Settings → Workload Identity).",
    );
  });

  it('of the token is rejected if it is unknown', () => {
    const { message } = failureOf(() => requireIssuer(account, { ...claims, issuer: '' }));
    expect(message).toContain("token's issuer is `(none)`");
  });

  it('is reported in one plain line, for any issuer', () => {
    const hostile = '\n::error::x\r##[group]';
    const { message } = failureOf(() =>
      requireIssuer({ ...account, issuerUri: hostile }, { ...claims, issuer: `${hostile}y` }),
    );
    expect(message).not.toMatch(/[\r\n]|##\[/);
  });
});

it('leads to Mondoo, to the runner or to the input, or is rejected, for any file', () => {
  const host = fc.constantFrom(
    'mondoo.com',
    'us.api.mondoo.com',
    'evil.org',
    'mondoo.com.evil.org',
    'localhost',
  );
  const url = fc
    .tuple(
      fc.constantFrom('https://', 'http://', '//', 'https:/', 'ftp://', ''),
      fc.string(),
      host,
      fc.string(),
    )
    .map((parts) => parts.join(''));
  const anything = fc.oneof(fc.string(), fc.jsonValue(), fc.constant(undefined));
  const changes = fc.record(
    {
      universeDomain: fc.oneof(
        url,
        host.map((name) => `https://${name}`),
        fc.webUrl(),
        anything,
      ),
      audience: fc.oneof(
        { weight: 3, arbitrary: fc.constant(OWNER_MRN) },
        fc.string().map((id) => `${OWNER_MRN}${id}`),
        anything,
      ),
      issuerUri: fc.oneof({ weight: 3, arbitrary: fc.webUrl() }, anything),
      subjectTokenType: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, anything),
      jwtToken: anything,
    },
    { requiredKeys: [] },
  );
  const input = fc.constantFrom(undefined, 'https://evil.org', ELSEWHERE);
  const outcomes = { read: 0, refused: 0 };
  fc.assert(
    fc.property(changes, input, (changes, endpoint) => {
      try {
        const { account } = read(changes, endpoint);
        outcomes.read++;
        expect(account.ownerMrn).toMatch(
          /^\/\/captain\.api\.mondoo\.app\/(?:spaces|organizations)\/[\w.-]+$/,
        );
        expect(account.apiEndpoint).toBe(endpoint ?? account.declaredEndpoint);
        const { hostname, host, protocol } = new URL(account.declaredEndpoint);
        const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
        const workflows = endpoint !== undefined && new URL(endpoint).host === host;
        expect(loopback || workflows || /^(?:.+\.)?mondoo\.com$/.test(hostname)).toBe(true);
        expect(protocol === 'https:' || loopback).toBe(true);
      } catch (error) {
        if (!(error instanceof ActionError)) throw error;
        outcomes.refused++;
        expect(error.code).toBe('invalid-credentials');
        expect(error.remedy).not.toBe('');
        expect(error.message).not.toMatch(/[\r\n]|##\[/);
      }
    }),
  );
  expect(outcomes.read).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});
