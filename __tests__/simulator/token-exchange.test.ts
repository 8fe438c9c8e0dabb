import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { test as base, describe, expect, onTestFinished } from 'vitest';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { type Platform, startPlatform } from '../../simulator/platform.ts';

const AUDIENCE = '//captain.api.mondoo.app/spaces/acme';
const ISSUER = 'https://token.actions.githubusercontent.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const seconds = Math.floor(Date.now() / 1000);

const test = base.extend<{ platform: Platform }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  platform: async ({}, use) => {
    const platform = await startPlatform();
    platform.trust({ issuer: ISSUER, publicKey, audience: AUDIENCE, subject: 'repo:acme/shop' });
    await use(platform);
    await platform.close();
  },
});

const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'repo:acme/shop',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 3600,
};

function idToken(changes: Record<string, unknown> = {}, key = privateKey, alg = 'RS256'): Promise<string> {
  return new SignJWT({ ...CLAIMS, ...changes }).setProtectedHeader({ alg }).sign(key);
}

async function exchange(platform: Platform, request: Record<string, unknown>) {
  const response = await fetch(`${platform.endpoint}/SecureTokenService/ExchangeExternalToken`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ issuer_uri: ISSUER, audience: AUDIENCE, ...request }),
  });
  return (await response.json()) as Record<string, unknown>;
}

test('a trusted ID token is exchanged for a service account of its audience', async ({ platform }) => {
  const response = await exchange(platform, { jwt_token: await idToken() });
  expect(Object.keys(response)).toEqual(['base64_credential']);
  const credentials = JSON.parse(Buffer.from(String(response.base64_credential), 'base64').toString());
  expect(Object.keys(credentials)).toEqual([
    'mrn',
    'space_mrn',
    'private_key',
    'certificate',
    'api_endpoint',
  ]);
  expect(credentials).toMatchObject({ space_mrn: AUDIENCE, api_endpoint: platform.endpoint });
  expect(platform.serviceAccounts).toEqual([credentials.mrn]);
  expect(platform.secrets).toEqual([credentials.private_key]);
  expect(platform.requests[0]).toMatchObject({ token: 'an ID token', refusal: undefined });
});

describe('an ID token is rejected', () => {
  test('if it is missing', async ({ platform }) => {
    expect(await exchange(platform, {})).toMatchObject({ code: 16 });
    expect(platform.requests[0]).toMatchObject({ refusal: 'malformed token', token: undefined });
  });

  test.for<[string, () => Promise<Record<string, unknown>>, string]>([
    ['if it is not a JWT', async () => ({ jwt_token: 'x' }), 'malformed token'],
    [
      'if its issuer is not trusted',
      async () => ({ issuer_uri: 'https://x', jwt_token: await idToken({ iss: 'https://x' }) }),
      'untrusted issuer',
    ],
    [
      'if the request names another issuer',
      async () => ({ jwt_token: await idToken({ iss: 'https://x' }) }),
      'untrusted issuer',
    ],
    [
      'with another audience',
      async () => ({ jwt_token: await idToken({ aud: 'https://x' }) }),
      'wrong audience',
    ],
    [
      'with several other audiences',
      async () => ({ jwt_token: await idToken({ aud: ['https://x', `${AUDIENCE}-2`] }) }),
      'wrong audience',
    ],
    [
      'with an empty list of audiences',
      async () => ({ jwt_token: await idToken({ aud: [] }) }),
      'wrong audience',
    ],
    [
      'if the request names another space',
      async () => ({ audience: `${AUDIENCE}-2`, jwt_token: await idToken() }),
      'wrong audience',
    ],
    ['if another key signed it', async () => ({ jwt_token: await idToken({}, stranger) }), 'bad signature'],
    [
      'with another algorithm',
      async () => ({ jwt_token: await idToken({}, privateKey, 'PS256') }),
      'wrong algorithm',
    ],
    ['if it has expired', async () => ({ jwt_token: await idToken({ exp: seconds - 3600 }) }), 'expired'],
    ['without an expiry', async () => ({ jwt_token: await idToken({ exp: undefined }) }), 'malformed token'],
    ...['exp', 'nbf', 'iat'].map((claim): [string, () => Promise<Record<string, unknown>>, string] => [
      `if its ${claim} is not a number`,
      async () => ({ jwt_token: await idToken({ [claim]: `${seconds}` }) }),
      'malformed token',
    ]),
    [
      'before it is valid',
      async () => ({ jwt_token: await idToken({ nbf: seconds + 3600 }) }),
      'not yet valid',
    ],
    [
      'with another subject',
      async () => ({ jwt_token: await idToken({ sub: 'repo:acme/x' }) }),
      'wrong subject',
    ],
  ])('%s', async ([, request, refusal], { platform }) => {
    expect(await exchange(platform, await request())).toEqual({
      code: 16,
      message: 'request permission unauthenticated',
    });
    expect(platform.requests[0]).toMatchObject({ refusal, token: 'an ID token' });
    expect(platform.serviceAccounts).toEqual([]);
  });
});

test('the ID token service accepts bearer in lower case, as the real cnspec sends it', async () => {
  const service = await startIdTokenService();
  onTestFinished(service.close);
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = service.env;
  const response = await fetch(url, { headers: { authorization: `bearer ${token}` } });
  expect(response.status).toBe(200);
});
