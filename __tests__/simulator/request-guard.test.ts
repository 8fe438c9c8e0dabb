import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { mintAccount } from '../../simulator/accounts.ts';
import { type Account, guard, type Role } from '../../simulator/request-guard.ts';
import { authorize, type Deviation } from '../../simulator/request-token.ts';

const BODY = '{"name":"läuft"}';
const NOW = new Date('2026-11-24T22:54:02Z');
const SECONDS = NOW.getTime() / 1000;

const { credentials, publicKey } = await mintAccount();
const stranger = (await mintAccount()).credentials;

function decide(authorization: string | undefined, { body = BODY, now = NOW, role = 'agent' as Role } = {}) {
  const account: Account = { mrn: credentials.mrn, publicKey, role };
  return guard({ authorization, body: Buffer.from(body), accounts: new Map([[account.mrn, account]]), now });
}

function signed(deviation?: Deviation): Promise<string> {
  return authorize(credentials, BODY, NOW, deviation);
}

const unauthenticated = (reason: string) => ({
  error: { code: 16, message: 'request permission unauthenticated' },
  reason,
});

/** A token whose header claims another algorithm than the one that made its signature. */
function mislabelled(): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const content = `${encode({ alg: 'ES256', kid: credentials.mrn })}.${encode({})}`;
  const key = { key: credentials.private_key, dsaEncoding: 'ieee-p1363' } as const;
  return `Bearer ${content}.${sign('sha384', Buffer.from(content), key).toString('base64url')}`;
}

test('accepts a request that an agent signed', async () => {
  expect(decide(await signed())).toMatchObject({ account: { mrn: credentials.mrn } });
});

test.each(['bearer', 'BEARER'])('accepts %s, as RFC 9110 allows any case', async (scheme) => {
  const authorization = (await signed()).replace('Bearer', scheme);
  expect(decide(authorization)).toMatchObject({ account: { mrn: credentials.mrn } });
});

describe('rejects as unauthenticated', () => {
  test.each([
    ['a missing header', undefined, 'no token'],
    ['another scheme', 'Basic YTpi', 'malformed token'],
    ['a text that is not a token', 'Bearer abc', 'malformed token'],
    ['a token whose parts are not JSON', 'Bearer YQ.YQ.YQ', 'malformed token'],
    ['a signature with another algorithm than its header', mislabelled(), 'wrong algorithm'],
  ])('%s', (_, authorization, reason) => {
    expect(decide(authorization)).toEqual(unauthenticated(reason));
  });

  test.each<[string, Deviation, string]>([
    ['an unknown key id', { kid: stranger.mrn }, 'unknown key id'],
    ['another issuer', { claims: { iss: 'mondoo' } }, 'wrong issuer'],
    ['another subject', { claims: { sub: stranger.mrn } }, 'wrong subject'],
    ['no issue time', { claims: { iat: undefined } }, 'malformed token'],
    ['no end', { claims: { exp: undefined } }, 'malformed token'],
    ['no body hash', { claims: { chash: undefined } }, 'wrong body hash'],
  ])('%s', async (_, deviation, reason) => {
    expect(decide(await signed(deviation))).toEqual(unauthenticated(reason));
  });

  test('the key of another account', async () => {
    const forged = await authorize({ ...stranger, mrn: credentials.mrn }, BODY, NOW);
    expect(decide(forged)).toEqual(unauthenticated('bad signature'));
  });

  test('a key on another curve', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const forged = await authorize({ mrn: credentials.mrn, private_key }, BODY, NOW, { alg: 'ES256' });
    expect(decide(forged)).toEqual(unauthenticated('bad signature'));
  });

  test('a body that differs in one byte', async () => {
    expect(decide(await signed(), { body: `${BODY} ` })).toEqual(unauthenticated('wrong body hash'));
  });
});

describe('accepts a clock difference of up to 60 s', () => {
  test.each<[string, Record<string, number>, string | undefined]>([
    ['issued 60 s ahead', { iat: SECONDS + 60 }, undefined],
    ['issued 61 s ahead', { iat: SECONDS + 61 }, 'not yet valid'],
    ['valid from 60 s ahead', { nbf: SECONDS + 60 }, undefined],
    ['valid from 61 s ahead', { nbf: SECONDS + 61 }, 'not yet valid'],
    ['expired for 60 s', { exp: SECONDS - 60 }, undefined],
    ['expired for 61 s', { exp: SECONDS - 61 }, 'expired'],
  ])('%s', async (_, claims, reason) => {
    const decision = decide(await signed({ claims }));
    if (reason) expect(decision).toEqual(unauthenticated(reason));
    else expect(decision).toHaveProperty('account');
  });

  test.each([
    [90, 'not yet valid'],
    [-130, 'expired'],
  ])('a clock that is %i s fast', async (fast, reason) => {
    const there = new Date(NOW.getTime() + fast * 1000);
    expect(decide(await authorize(credentials, BODY, there))).toEqual(unauthenticated(reason));
  });
});

describe('checks the role last', () => {
  test('a viewer with a good token is denied', async () => {
    expect(decide(await signed(), { role: 'viewer' })).toEqual({
      error: { code: 7, message: 'request permission denied' },
      reason: 'wrong role',
    });
  });

  test('a viewer with a bad token is unauthenticated', async () => {
    const decision = decide(await signed(), { role: 'viewer', body: '{}' });
    expect(decision).toEqual(unauthenticated('wrong body hash'));
  });
});

test('checks key, signature, algorithm, time and body in this order', async () => {
  const wrong = { claims: { exp: SECONDS - 100, chash: 'none' } };
  expect(decide(await signed({ kid: 'none', ...wrong }))).toEqual(unauthenticated('unknown key id'));
  const forged = await authorize({ ...stranger, mrn: credentials.mrn }, BODY, NOW, wrong);
  expect(decide(forged)).toEqual(unauthenticated('bad signature'));
  expect(decide(mislabelled())).toEqual(unauthenticated('wrong algorithm'));
  expect(decide(await signed(wrong))).toEqual(unauthenticated('expired'));
});
