import { decodeJwt, jwtVerify } from 'jose';
import { test as base, describe, expect } from 'vitest';
import { PULL_REQUEST } from '../../simulator/events.ts';
import { type IdTokenService, startIdTokenService } from '../../simulator/id-token-service.ts';
import { RUN } from '../../simulator/run.ts';

const test = base.extend<{ service: IdTokenService }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  service: async ({}, use) => {
    const service = await startIdTokenService();
    await use(service);
    await service.close();
  },
});

const AUDIENCE = '//captain.api.mondoo.app/spaces/acme';

function ask({ env }: IdTokenService, url = env.ACTIONS_ID_TOKEN_REQUEST_URL, init: RequestInit = {}) {
  const authorization = `Bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}`;
  return fetch(url, { headers: { authorization }, ...init });
}

test('vouches for the run of a push', async ({ service }) => {
  const url = `${service.env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(AUDIENCE)}`;
  const { value } = (await (await ask(service, url)).json()) as { value: string };
  const { payload, protectedHeader } = await jwtVerify(value, service.publicKey, {
    issuer: 'https://token.actions.githubusercontent.com',
    audience: AUDIENCE,
  });
  expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
  expect(payload).toMatchObject({
    sub: 'repo:lunalectric/website:ref:refs/heads/main',
    repository: RUN.GITHUB_REPOSITORY,
    ref: RUN.GITHUB_REF,
    run_id: RUN.GITHUB_RUN_ID,
  });
  expect(payload.exp! - payload.iat!).toBe(300);
  expect(service.tokens).toEqual([value]);
  expect(service.secrets).toEqual([service.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN, value]);
  expect(service.requests).toEqual([expect.objectContaining({ status: 200 })]);
});

test('vouches for the run of a pull request', async () => {
  const service = await startIdTokenService({ cause: PULL_REQUEST });
  const { value } = (await (await ask(service)).json()) as { value: string };
  expect(decodeJwt(value)).toMatchObject({
    sub: 'repo:lunalectric/website:pull_request',
    event_name: 'pull_request',
    ref: 'refs/pull/7/merge',
    ref_protected: 'false',
    head_ref: 'comets',
    base_ref: 'main',
    repository_id: RUN.GITHUB_REPOSITORY_ID,
    workflow_ref: 'lunalectric/website/.github/workflows/security.yml@refs/pull/7/merge',
  });
  await service.close();
});

test.for(['', '&audience='])(
  'without an audience the token is for the owner of the repository: %j',
  async (query, { service }) => {
    const url = `${service.env.ACTIONS_ID_TOKEN_REQUEST_URL}${query}`;
    const { value } = (await (await ask(service, url)).json()) as { value: string };
    await jwtVerify(value, service.publicKey, { audience: 'https://github.com/lunalectric' });
  },
);

test('issuer and claims can be others', async () => {
  const service = await startIdTokenService({
    issuer: 'https://ghes.example.org',
    claims: { sub: 'x', exp: 1 },
  });
  const { value } = (await (await ask(service)).json()) as { value: string };
  expect(decodeJwt(value)).toMatchObject({ iss: 'https://ghes.example.org', sub: 'x', exp: 1 });
  await service.close();
});

describe('refuses', () => {
  test('another request token, or none', async ({ service }) => {
    const url = service.env.ACTIONS_ID_TOKEN_REQUEST_URL;
    expect((await ask(service, url, { headers: { authorization: 'Bearer x' } })).status).toBe(401);
    expect((await ask(service, url, { headers: {} })).status).toBe(401);
  });

  test('another path, another verb, and a request without a version', async ({ service }) => {
    const url = service.env.ACTIONS_ID_TOKEN_REQUEST_URL;
    expect((await ask(service, url.replace('idtoken', 'x'))).status).toBe(404);
    const headers = { authorization: `Bearer ${service.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` };
    expect((await ask(service, url, { method: 'POST', headers })).status).toBe(405);
    expect((await ask(service, url.replace('?api-version=2.0', ''))).status).toBe(400);
    expect(service.tokens).toEqual([]);
  });
});

test('goes wrong as it is told, and then is well again', async ({ service }) => {
  service.fault([{ kind: 'answer', status: 503 }]);
  expect((await ask(service)).status).toBe(503);
  expect((await ask(service)).status).toBe(200);
});
