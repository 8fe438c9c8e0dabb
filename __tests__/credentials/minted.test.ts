import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExternalAccount } from '../../src/credentials/external-account.ts';
import { readExchanged, readRegistered, requireSameOwner } from '../../src/credentials/minted.ts';
import type { RegistrationToken } from '../../src/credentials/registration-token.ts';
import type { ServiceAccount } from '../../src/platform/account.ts';
import { CallError } from '../../src/platform/call-error.ts';
import {
  account,
  CERTIFICATE_PEM,
  CLIENT_MRN,
  callError,
  credentials,
  expectSilence,
  ISSUER,
  KEY_PEM,
  NOW,
  OTHER_KEY_PEM,
  OWNER_MRN,
  pemBody,
  pkcs8,
  SERVICE_ACCOUNT_MRN,
} from '../fixtures.ts';

const US = 'https://us.api.mondoo.com';
const ELSEWHERE = 'https://mondoo.example.org';
const P256_PEM = pkcs8('P-256');

const malformed = (problem: string) =>
  callError({ kind: 'response', httpStatus: 200, problem }, 'Service/Method');

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function exchanged(credential: string, endpoints: Partial<ExternalAccount> = {}) {
  const account = {
    apiEndpoint: US,
    declaredEndpoint: US,
    ownerMrn: OWNER_MRN,
    issuerUri: ISSUER,
    ...endpoints,
  };
  const { document: credentials, account: minted } = readExchanged({ credential, malformed }, account, NOW);
  return { credentials, expiresAt: minted.certificate?.to };
}

const AT = { apiProxy: undefined, now: NOW };

const TOKEN: RegistrationToken = { jwt: 'x', apiEndpoint: US, ownerMrn: OWNER_MRN, expiresAt: undefined };

function registered(credential: unknown, apiEndpoint = US) {
  const token = { ...TOKEN, apiEndpoint };
  return readRegistered({ agentMrn: CLIENT_MRN, credential, malformed }, token, AT).document;
}

/** Checks that a client and its account belong to the right owner. */
function own(changes: Partial<ServiceAccount> = {}, client = CLIENT_MRN): void {
  const made = { client, account: account(changes) };
  requireSameOwner({ agentMrn: client, credential: {}, malformed }, made, TOKEN);
}

/** Credentials as the token exchange returns them. */
function minted(changes: Record<string, unknown> = {}): string {
  return base64(JSON.stringify(credentials({ typename: undefined, ...changes })));
}

/** Runs a call that must fail, and returns the error after checking that it doesn't expose the key. */
function problemOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CallError);
    expectSilence(error as Error, ...[KEY_PEM, OTHER_KEY_PEM, P256_PEM].map(pemBody));
    return (error as Error).message
      .replace('the response (HTTP status 200) ', '')
      .replace(`names the client ${CLIENT_MRN} but `, '');
  }
  throw new Error('it did not fail');
}

/** Keys that would redirect later steps or change what cnspec does. */
const FOREIGN = {
  api_proxy: 'http://proxy.evil.org:3128',
  updates_url: 'https://evil.org',
  features: ['anything'],
  labels: { a: 'b' },
  annotations: { a: 'b' },
  agent_mrn: '//agents.api.mondoo.app/spaces/oracle-space/agents/somebody',
  typename: 'ServiceAccountCredentials',
  type: 'external_account',
};

/** Credentials that can't work, and the message for each. */
const UNUSABLE: [Record<string, unknown>, string][] = [
  [{ mrn: undefined }, 'The field `mrn` of the credentials is missing or empty'],
  [{ mrn: OWNER_MRN }, "The field `mrn` of the credentials isn't the MRN of a service account"],
  [{ private_key: undefined }, 'The field `private_key` of the credentials is missing or empty'],
  [{ private_key: [KEY_PEM] }, "The field `private_key` of the credentials isn't text"],
  [{ private_key: P256_PEM }, 'The field `private_key` of the credentials is an EC key on the curve P-256'],
  [{ private_key: OTHER_KEY_PEM }, "don't belong together"],
  [{ certificate: 'none' }, "The field `certificate` of the credentials isn't a readable PEM certificate"],
  [{ space_mrn: SERVICE_ACCOUNT_MRN }, "The field `space_mrn` of the credentials isn't the MRN of a space"],
];

describe('the credentials from a token exchange', () => {
  it('are used unchanged', () => {
    expect(exchanged(minted())).toEqual({
      credentials: credentials({ typename: undefined }),
      expiresAt: new Date('2027-11-24T00:00:00Z'),
    });
  });

  it('may be split into lines', () => {
    const lines = minted().match(/.{1,76}/g)!;
    expect(exchanged(lines.join('\n')).credentials.private_key).toBe(KEY_PEM);
  });

  it('may name their owner in three ways', () => {
    for (const field of ['space_mrn', 'parent_mrn', 'scope_mrn']) {
      const document = { space_mrn: undefined, [field]: `${OWNER_MRN}-b` };
      const mrn = SERVICE_ACCOUNT_MRN.replace('oracle-space', 'oracle-space-b');
      const { credentials } = exchanged(minted({ ...document, mrn }), { ownerMrn: `${OWNER_MRN}-b` });
      expect(credentials).toHaveProperty(field, `${OWNER_MRN}-b`);
    }
  });

  it('have an unknown expiry if there is no certificate', () => {
    const { credentials, expiresAt } = exchanged(minted({ certificate: undefined }));
    expect(expiresAt).toBeUndefined();
    expect(credentials).not.toHaveProperty('certificate');
  });

  it("lose every key that isn't part of credentials", () => {
    expect(exchanged(minted(FOREIGN)).credentials).toEqual(credentials({ typename: undefined }));
    const { credentials: taken } = exchanged(minted(JSON.parse('{"__proto__": {"features": []}}')));
    expect(Object.keys(taken)).not.toContain('__proto__');
  });

  it.each([
    ['name no endpoint', undefined, {}, US],
    ['name the same endpoint', US, {}, US],
    ['name the same endpoint with a slash', `${US}/`, {}, US],
    ['name the endpoint of the file, and the input names another', US, { apiEndpoint: ELSEWHERE }, ELSEWHERE],
    [
      'name the endpoint of the input, and the file names another',
      ELSEWHERE,
      { apiEndpoint: ELSEWHERE },
      ELSEWHERE,
    ],
    ['name no endpoint, and the input names one', undefined, { apiEndpoint: ELSEWHERE }, ELSEWHERE],
    [
      'name another path on the same host',
      `${US}/elsewhere`,
      { apiEndpoint: `${US}/tenant` },
      `${US}/tenant`,
    ],
  ])('use the endpoint of the exchange if they %s', (_, api_endpoint, endpoints, expected) => {
    expect(exchanged(minted({ api_endpoint }), endpoints).credentials.api_endpoint).toBe(expected);
  });

  it('of another region use the endpoint of the exchange too', () => {
    const eu = 'https://eu.api.mondoo.com';
    for (const api_endpoint of [undefined, null, '']) {
      const { credentials } = exchanged(minted({ api_endpoint }), { apiEndpoint: eu, declaredEndpoint: eu });
      expect(credentials.api_endpoint).toBe(eu);
    }
  });

  it.each([
    ['https://eu.api.mondoo.com', 'eu.api.mondoo.com'],
    ['https://us.api.mondoo.com.evil.org', 'us.api.mondoo.com.evil.org'],
    ['https://us.api.mondoo.com:8443', 'us.api.mondoo.com:8443'],
    ['http://127.0.0.1:9', '127.0.0.1:9'],
  ])('are rejected for another host: %s', (api_endpoint, host) => {
    expect(problemOf(() => exchanged(minted({ api_endpoint })))).toBe(
      `holds credentials for another host, ${host}`,
    );
  });

  it.each([
    ['base64 that was cut off', minted().slice(0, -3), "can't be decoded as base64"],
    ['URL-safe base64', 'eyJh_-aa', 'look like URL-safe base64'],
    ['a JWT', 'eyJh.eyJi.c2ln', "The credentials aren't JSON"],
    ['a web page', '<html>\n<body>Sign in', "The credentials aren't JSON"],
    ['white space', ' \n', "The credentials aren't JSON"],
    ['base64 of a word', base64('unauthorized'), "The credentials aren't JSON"],
    ['base64 of a list', base64('[{"mrn": 1}]'), "The credentials aren't JSON"],
    ['base64 of JSON that was cut off', base64('{"mrn": "x",'), "(base64 of JSON) aren't valid JSON"],
    ['base64 of an empty object', base64('{}'), 'The field `mrn` of the credentials is missing or empty'],
    ['base64 of duplicate keys', base64('{"mrn": "a", "mrn": "b"}'), 'have the same key twice'],
  ])('are rejected if the response is %s', (_, given, found) => {
    const problem = problemOf(() => exchanged(given));
    expect(problem).toMatch(/^holds credentials that cannot work \(.*[^.]\)$/);
    expect(problem).toContain(found);
  });

  it.each([
    ...UNUSABLE,
    [{ api_endpoint: 'us.api.mondoo.com' }, 'The field `api_endpoint` of the credentials is not a URL'],
  ] as typeof UNUSABLE)('are rejected if they cannot work: %j', (changes, found) => {
    const problem = problemOf(() => exchanged(minted(changes)));
    expect(problem).toMatch(/^holds credentials that cannot work \(.*[^.]\)$/);
    expect(problem).toContain(found);
  });
});

describe('the credentials of a new client', () => {
  /** Credentials as a registration returns them. */
  const made = (changes: Record<string, unknown> = {}) =>
    credentials({
      typename: undefined,
      space_mrn: undefined,
      parent_mrn: OWNER_MRN,
      scope_mrn: OWNER_MRN,
      ...changes,
    });

  it('are used unchanged', () => {
    expect(registered(made())).toEqual({
      mrn: SERVICE_ACCOUNT_MRN,
      parent_mrn: OWNER_MRN,
      scope_mrn: OWNER_MRN,
      private_key: KEY_PEM,
      certificate: CERTIFICATE_PEM,
      api_endpoint: US,
    });
  });

  it("lose every key that isn't part of credentials", () => {
    expect(registered(made(FOREIGN))).toEqual(made());
  });

  it.each([undefined, '', null, 'https://us.api.mondoo.com.evil.org', 'nonsense', 12])(
    'use the endpoint that created them, even if they name another: %j',
    (api_endpoint) => {
      expect(registered(made({ api_endpoint }), ELSEWHERE)).toEqual(made({ api_endpoint: ELSEWHERE }));
    },
  );

  it.each([undefined, null, '', 'text', 12, true, [], [credentials()], minted()])(
    "are rejected if they aren't an object: %j",
    (credential) => {
      expect(problemOf(() => registered(credential))).toBe('holds no credentials for the client');
    },
  );

  it.each([
    [
      { ...Object.fromEntries(Object.keys(made()).map((key) => [key, undefined])) },
      'The field `mrn` of the credentials is missing',
    ],
    ...UNUSABLE.map(([changes, found]): (typeof UNUSABLE)[number] => [
      'space_mrn' in changes ? { scope_mrn: changes.space_mrn } : changes,
      found.replace('space_mrn', 'scope_mrn'),
    ]),
  ])('are rejected if they cannot work: %j', (changes, found) => {
    const problem = problemOf(() => registered(made(changes)));
    expect(problem).toMatch(/^holds credentials that cannot work \(.*[^.]\)$/);
    expect(problem).toContain(found);
  });
});

const ANOTHER = '//captain.api.mondoo.app/spaces/another';

it.each<[string, () => unknown]>([
  ['exchanged', () => exchanged(minted({ space_mrn: ANOTHER }))],
  [
    'exchanged, and only the service account names its owner',
    () => exchanged(minted({ space_mrn: undefined }), { ownerMrn: ANOTHER }),
  ],
  ['registered', () => own({ ownerMrn: ANOTHER })],
  [
    'exchanged, if only its own `mrn` is of another space',
    () => exchanged(minted({ mrn: SERVICE_ACCOUNT_MRN.replace('oracle-space', 'another') })),
  ],
  [
    'registered, if only its own `mrn` is of another space',
    () => own({ mrn: SERVICE_ACCOUNT_MRN.replace('oracle-space', 'another') }),
  ],
])('are rejected if they are for another owner: %s', (_, read) => {
  expect(problemOf(read)).toMatch(/^holds credentials for \/\/captain\S+, not for \/\/captain\S+$/);
});

it('are rejected if the client is in another space', () => {
  const clientMrn = CLIENT_MRN.replace(/spaces\/[\w-]+/, 'spaces/another');
  expect(problemOf(() => own({}, clientMrn))).toBe(`names a client that is not in ${OWNER_MRN}`);
  own();
});

it('are rejected with an error that names the client', () => {
  expect(() => registered('text')).toThrow(`names the client ${CLIENT_MRN} but holds no credentials`);
});

describe('minted credentials', () => {
  const makers: [string, (changes: Record<string, unknown>) => unknown][] = [
    ['exchanged', (changes) => exchanged(minted(changes)).credentials],
    ['registered', (changes) => registered(credentials(changes))],
  ];

  it.each(makers)('keep no text around the certificate: %s', (_, make) => {
    const certificate = `${OTHER_KEY_PEM}${CERTIFICATE_PEM}${OWNER_MRN}`;
    expect(make({ certificate })).toMatchObject({ certificate: CERTIFICATE_PEM });
  });

  it.each(makers)('are rejected if they have more than 64 KiB: %s', (_, make) => {
    const certificate = `${CERTIFICATE_PEM}${' '.repeat(64 * 1024)}`;
    expect(problemOf(() => make({ certificate }))).toBe(
      'holds credentials that cannot work (They have more than 64 KiB)',
    );
  });
});

it('are usable or cause a CallError, for any response', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(KEY_PEM, OTHER_KEY_PEM, CERTIFICATE_PEM, OWNER_MRN, US, ELSEWHERE, null, ''),
    fc.jsonValue(),
  );
  const keys = [...Object.keys(credentials()), 'scope_mrn', 'parent_mrn', 'api_proxy', 'agent_mrn'];
  const outcomes = { usable: 0, refused: 0 };
  const attempt = (read: () => Record<string, unknown>) => {
    let document: Record<string, unknown>;
    try {
      document = read();
    } catch (error) {
      expect(error).toBeInstanceOf(CallError);
      expect((error as Error).message).not.toMatch(/[\r\n]/);
      expectSilence(error as Error, pemBody(KEY_PEM), pemBody(OTHER_KEY_PEM));
      outcomes.refused++;
      return;
    }
    outcomes.usable++;
    expect(document).toMatchObject({ mrn: SERVICE_ACCOUNT_MRN, api_endpoint: US });
    // Without a certificate, another key can't be detected.
    expect([KEY_PEM, OTHER_KEY_PEM]).toContain(document.private_key);
    expect(document).not.toHaveProperty('api_proxy');
    expect(document).not.toHaveProperty('agent_mrn');
  };
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 2 }), (changes) => {
      attempt(() => exchanged(minted(changes)).credentials);
      attempt(() => registered(credentials(changes)));
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.json().map(base64), fc.base64String()), (text) => {
      attempt(() => exchanged(text).credentials);
      attempt(() => registered(text) as Record<string, unknown>);
    }),
  );
  expect(outcomes.usable).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});
