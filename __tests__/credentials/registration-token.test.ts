import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRegistrationToken } from '../../src/credentials/registration-token.ts';
import { ActionError } from '../../src/util/errors.ts';
import {
  failureOf,
  jwt,
  KEY_PEM,
  NOW,
  OWNER_MRN,
  pemBody,
  piecesOf,
  SERVICE_ACCOUNT_MRN,
} from '../fixtures.ts';

const US = 'https://us.api.mondoo.com';
const EU = 'https://eu.api.mondoo.com';
const ELSEWHERE = 'https://mondoo.example.org';
const IN_AN_HOUR = NOW.getTime() / 1000 + 3600;

/** A registration token as the Console issues it, with changes; a claim set to undefined is omitted. */
function tokenWith(changes: Record<string, unknown> = {}): string {
  return jwt({
    iss: 'mondoo/ams',
    aud: ['mondoo'],
    space: OWNER_MRN,
    desc: 'for the build machines',
    api_endpoint: EU,
    labels: {},
    owner: '//captain.api.mondoo.app/users/someone',
    cert_valid_until: '2027-11-24T00:00:00Z',
    exp: IN_AN_HOUR,
    ...changes,
  });
}

function read(token: string, endpoint?: string) {
  return readRegistrationToken(token, { endpoint, now: NOW });
}

function refusalOf(token: string, endpoint?: string, ...secrets: string[]): ActionError {
  const error = failureOf(() => read(token, endpoint), token, ...secrets);
  expect(error.code).toBe('invalid-credentials');
  expect(error.remedy).not.toBe('');
  return error;
}

describe('a valid registration token', () => {
  it('is decoded, and not verified, because only the platform can verify it', () => {
    const token = tokenWith();
    expect(read(token)).toEqual({
      token: {
        jwt: token,
        apiEndpoint: EU,
        ownerMrn: OWNER_MRN,
        expiresAt: new Date('2026-11-24T23:59:43Z'),
      },
      warnings: [],
    });
    const forged = token.replace(/[^.]+$/, 'Zm9yZ2Vk');
    expect(read(forged).token).toEqual({ ...read(token).token, jwt: forged });
  });

  it('may be for an organization', () => {
    const space = '//captain.api.mondoo.app/organizations/lunalectric';
    expect(read(tokenWith({ space })).token.ownerMrn).toBe(space);
  });

  it.each([
    ['white space around it', (token: string) => `\n  ${token}\r\n`],
    ['lines of 64 characters', (token: string) => token.match(/.{1,64}/g)!.join('\n')],
    ['lines with CRLF and an indentation', (token: string) => token.match(/.{1,76}/g)!.join('\r\n    ')],
  ])('is used without %s', (_, fold) => {
    expect(read(fold(tokenWith())).token.jwt).toBe(tokenWith());
  });
});

describe('the expiry', () => {
  it('is not over in the last second before it', () => {
    const exp = NOW.getTime() / 1000 + 1;
    expect(read(tokenWith({ exp })).token.expiresAt).toEqual(new Date('2026-11-24T22:59:44Z'));
  });

  it.each([
    ['a second ago', NOW.getTime() / 1000 - 1, '2026-11-24T22:59:42.000Z'],
    ['right now', NOW.getTime() / 1000, '2026-11-24T22:59:43.000Z'],
    ['in 1970', 0, '1970-01-01T00:00:00.000Z'],
  ])('is over %s, and is reported with the time of the runner', (_, exp, iso) => {
    const { message, remedy } = refusalOf(tokenWith({ exp }));
    expect(message).toBe(
      `The registration token expired at ${iso}. The runner's clock says 2026-11-24T22:59:43.000Z.`,
    );
    expect(remedy).toMatch(
      /Generate a new registration token.*are short-lived.*credentials or workload identity federation/,
    );
  });

  it.each([undefined, null, '1', 'tomorrow', [0], {}, true, 1e20, -1e20])(
    'is left to the platform if it is %j',
    (exp) => {
      const { token, warnings } = read(tokenWith({ exp }));
      expect(token.expiresAt).toBeUndefined();
      expect(warnings).toEqual([]);
    },
  );
});

describe('the space', () => {
  it.each([undefined, null, '', 12, [OWNER_MRN]])('is rejected as missing if it is %j', (space) => {
    const problem = space ? "isn't text\\." : 'is missing or empty\\.';
    expect(refusalOf(tokenWith({ space })).message).toMatch(
      new RegExp(`^The claim \`space\` of the registration token ${problem}`),
    );
  });

  it.each([
    'oracle-space',
    SERVICE_ACCOUNT_MRN,
    `${OWNER_MRN}\n`,
    `${OWNER_MRN}/a`,
    '//iam.googleapis.com/x',
  ])('is rejected without being quoted if it is not an MRN of a space: %j', (space) => {
    const { message, remedy } = refusalOf(tokenWith({ space }));
    expect(message).toBe(
      "The claim `space` of the registration token isn't the MRN of a space or an organization, such as `//captain.api.mondoo.app/spaces/<id>`.",
    );
    expect(remedy).toMatch(/Generate a new registration token/);
  });
});

describe('the endpoint', () => {
  it('is that of the token, without the trailing slash', () => {
    expect(read(tokenWith({ api_endpoint: `${US}/` })).token.apiEndpoint).toBe(US);
    expect(read(tokenWith({ api_endpoint: 'http://127.0.0.1:46685' })).token.apiEndpoint).toBe(
      'http://127.0.0.1:46685',
    );
  });

  it.each([undefined, null, '', 443])('is that of the US region if it is %j, with a warning', (absent) => {
    const { token, warnings } = read(tokenWith({ api_endpoint: absent }));
    expect(token.apiEndpoint).toBe(US);
    expect(warnings).toEqual([
      expect.stringMatching(
        /`api_endpoint` .* is missing.* uses `https:\/\/us\.api\.mondoo\.com`.*another region.*api-endpoint/,
      ),
    ]);
  });

  it.each([EU, undefined])('in the input overrides %s without a warning', (api_endpoint) => {
    const { token, warnings } = read(tokenWith({ api_endpoint }), ELSEWHERE);
    expect(token.apiEndpoint).toBe(ELSEWHERE);
    expect(warnings).toEqual([]);
  });

  it.each([
    'https://evil-mondoo.com',
    'https://mondoo.com.evil.org',
    'https://evil.org/.mondoo.com',
    ELSEWHERE,
  ])('is rejected on a host that is not Mondoo’s: %s', (api_endpoint) => {
    const { message, remedy } = refusalOf(tokenWith({ api_endpoint }));
    const { host } = new URL(api_endpoint);
    expect(message).toBe(
      `The claim \`api_endpoint\` of the registration token names \`${host}\`, which isn't a host of mondoo.com. Nothing was sent there.`,
    );
    expect(remedy).toMatch(/input `api-endpoint`/);
  });

  it.each([`${ELSEWHERE}/tenant`, 'nonsense', 7])(
    'does not matter if the input api-endpoint is set: %j',
    (api_endpoint) => {
      expect(read(tokenWith({ api_endpoint }), US)).toMatchObject({
        token: { apiEndpoint: US },
        warnings: [],
      });
    },
  );

  it.each([
    ['https://mondoo.com@evil.org', 'contains a user name or a password'],
    ['https://user:correct-horse@eu.api.mondoo.com', 'contains a user name or a password'],
    ['http://eu.api.mondoo.com', 'is plain http'],
    ['https://eu.api.mondoo.com?x', 'contains a query or a fragment'],
    ['ftp://eu.api.mondoo.com', 'is not an https URL'],
    ['eu.api.mondoo.com', 'is not a URL'],
  ])('is rejected without being quoted if it is not an endpoint: %s', (api_endpoint, found) => {
    const { message } = refusalOf(tokenWith({ api_endpoint }), undefined, 'correct-horse');
    expect(message).toContain(`The claim \`api_endpoint\` of the registration token ${found}`);
    expect(message).not.toContain('evil.org');
  });
});

describe('text that is not a registration token', () => {
  const [header, claims, signature] = tokenWith().split('.') as [string, string, string];
  const base64 = (text: string) => Buffer.from(text).toString('base64url');

  it.each([
    ['a word', 'MONDOO_REGISTRATION_TOKEN'],
    ['only the claims', claims],
    ['a token that was cut off before the signature', `${header}.${claims}`],
    ['a token that was cut off in the claims', `${header}.${claims.slice(0, 40)}`],
    ['an encrypted token', `${header}.${claims}.${signature}.${signature}.${signature}`],
    ['claims that are not JSON', `${header}.${base64('{"space": ')}.${signature}`],
    ['claims that are not an object', `${header}.${base64('["space"]')}.${signature}`],
    ['claims that are not base64', `${header}.{"space"}.${signature}`],
    ['no claims', `${header}..${signature}`],
    ['nothing but dots', '..'],
  ])('is reported with its length: %s', (_, given) => {
    const { message, remedy, evidence } = refusalOf(given);
    expect(message).toContain(
      "The input `registration-token` isn't a registration token. A registration token is a JWT: three parts",
    );
    expect(evidence).toBe(`Length: ${given.length} characters`);
    expect(remedy).toMatch(/Generate a new registration token/);
  });

  it.each([
    `"${tokenWith()}"`,
    `Bearer ${tokenWith()}`,
    `\u200b${tokenWith()}`,
    `${tokenWith()}.`,
    `${tokenWith().replace(/[^.]*$/, '☃')}`,
  ])('is rejected if the other parts could not be sent in a header: %s', (given) =>
    expect(refusalOf(given).message).toMatch(/isn't a registration token|and other text/),
  );

  it('is reported with its length without white space', () => {
    expect(refusalOf(' no\n token ').evidence).toBe('Length: 7 characters');
  });

  it('may be credentials, which have their own input', () => {
    const json = JSON.stringify({ mrn: SERVICE_ACCOUNT_MRN, private_key: KEY_PEM }, null, 2);
    for (const given of [json, `\n ${json}`]) {
      const { code, message, remedy } = failureOf(() => read(given), pemBody(KEY_PEM), SERVICE_ACCOUNT_MRN);
      expect(code).toBe('invalid-credentials');
      expect(message).toBe('The input `registration-token` holds JSON, not a registration token.');
      expect(remedy).toMatch(/with the input `credentials`/);
    }
  });
});

describe('any text', () => {
  /** Reads a text: it is usable or throws an ActionError without a byte of the text. */
  function readToTheEnd(given: string, endpoint: string | undefined): 'read' | 'refused' {
    try {
      const { token } = read(given, endpoint);
      expect(token.ownerMrn).toMatch(/^\/\/captain\.api\.mondoo\.app\/(?:spaces|organizations)\/[\w.-]+$/);
      expect(token.jwt).toBe(given.replace(/\s/g, ''));
      if (endpoint !== undefined) expect(token.apiEndpoint).toBe(endpoint);
      else expect(token.apiEndpoint).toMatch(/^https:\/\/(?:[\w-]+\.)*mondoo\.com(?:[:/]|$)/);
      if (token.expiresAt) expect(token.expiresAt.getTime()).toBeGreaterThan(NOW.getTime());
      return 'read';
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      expect(error.code).toBe('invalid-credentials');
      expect(error.remedy).not.toBe('');
      // Not the stack, which contains words such as "property" anyway.
      const printed = `${error.message} ${error.remedy}`;
      expect(piecesOf(given.replace(/\s/g, ''), 12).filter((piece) => printed.includes(piece))).toEqual([]);
      return 'refused';
    }
  }

  it('is read or rejected, and the error does not quote it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom('.', 'e', 'y', 'J') }),
        ),
        (text) => {
          expect(readToTheEnd(text, undefined)).toBe('refused');
        },
      ),
    );
  });

  it('is read or rejected with any claims and any damage', () => {
    const anything = fc.oneof(fc.string(), fc.jsonValue());
    const claims = fc.record(
      {
        space: fc.oneof({ weight: 4, arbitrary: fc.constant(OWNER_MRN) }, anything),
        exp: fc.oneof(fc.double(), fc.integer({ min: IN_AN_HOUR - 7200, max: IN_AN_HOUR }), anything),
        api_endpoint: fc.oneof(
          { weight: 2, arbitrary: fc.constantFrom(US, EU, 'https://evil.org') },
          fc.string().map((rest) => `https://us.api.mondoo.com${rest}`),
          fc.webUrl(),
          anything,
        ),
      },
      { requiredKeys: ['space'] },
    );
    const damage = fc.record({
      at: fc.nat({ max: 300 }),
      length: fc.nat({ max: 2 }),
      instead: fc.constantFrom('', '', '', '\n', '.', '=', ' '),
    });
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(
        claims,
        damage,
        fc.constantFrom(undefined, ELSEWHERE),
        (changes, { at, length, instead }, endpoint) => {
          const token = jwt(changes);
          const cut = instead.trim() === '' ? 0 : length;
          outcomes[readToTheEnd(token.slice(0, at) + instead + token.slice(at + cut), endpoint)]++;
        },
      ),
    );
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
});
