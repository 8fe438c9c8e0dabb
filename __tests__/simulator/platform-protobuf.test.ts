import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { test as base, describe, expect } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { type Platform, startPlatform } from '../../simulator/platform.ts';
import { encodeRequest } from '../../simulator/protobuf.ts';
import { callByProtobuf } from '../../simulator/protobuf-client.ts';
import { authorize } from '../../simulator/request-token.ts';

const test = base.extend<{ platform: Platform }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  platform: async ({}, use) => {
    const platform = await startPlatform();
    await use(platform);
    await platform.close();
  },
});

const PROTOBUF = 'application/protobuf';
const JSON_TYPE = 'application/json';
const UNAUTHENTICATED = { error: { code: 16, message: 'request permission unauthenticated' } };

/** Sends bytes as they are. */
async function send(
  { endpoint }: Platform,
  method: string,
  { body = Buffer.alloc(0), headers = {} }: { body?: Buffer; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${endpoint}/${method}`, {
    method: 'POST',
    headers: { 'content-type': PROTOBUF, accept: PROTOBUF, ...headers },
    body,
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, body: Buffer.from(await response.arrayBuffer()) };
}

describe('Health/Check', () => {
  test('tells status, time and version to anybody', async ({ platform }) => {
    const answer = await callByProtobuf(platform.endpoint, 'Health/Check');
    expect(answer).toEqual({
      value: {
        status: 'SERVING',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        apiVersion: '13',
        build: 'simulator',
      },
    });
  });

  test('has the status that it is given, or none', async ({ platform }) => {
    platform.health.status = 'NOT_SERVING';
    expect(await callByProtobuf(platform.endpoint, 'Health/Check')).toMatchObject({
      value: { status: 'NOT_SERVING' },
    });
    platform.health.status = undefined;
    const { value } = (await callByProtobuf(platform.endpoint, 'Health/Check')) as { value: object };
    expect(value).not.toHaveProperty('status');
  });
});

describe('AgentManager/PingPong', () => {
  test('answers an agent, both with an empty body', async ({ platform }) => {
    const body = Buffer.alloc(0);
    const authorization = await authorize(await platform.mint(), body, new Date());
    expect(await send(platform, 'AgentManager/PingPong', { body, headers: { authorization } })).toEqual({
      status: 200,
      type: PROTOBUF,
      body,
    });
    expect(platform.requests).toMatchObject([{ body: '', status: 200, code: 0 }]);
  });

  test('refuses whoever did not sign, a revoked account and a viewer', async ({ platform }) => {
    const revoked = await platform.mint();
    platform.revoke(revoked.mrn);
    const ping = (as?: Credentials) =>
      callByProtobuf(platform.endpoint, 'AgentManager/PingPong', as ? { as } : {});
    expect(await ping()).toEqual(UNAUTHENTICATED);
    expect(await ping(revoked)).toEqual(UNAUTHENTICATED);
    expect(await ping(await platform.mint({ role: 'viewer' }))).toEqual({
      error: { code: 7, message: 'request permission denied' },
    });
    expect(platform.requests.map(({ status, refusal }) => [status, refusal])).toEqual([
      [401, 'no token'],
      [401, 'unknown key id'],
      [403, 'wrong role'],
    ]);
  });

  test('takes no signature for other bytes that mean the same', async ({ platform }) => {
    const authorization = await authorize(await platform.mint(), '{}', new Date());
    const answer = await send(platform, 'AgentManager/PingPong', { headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(platform.requests).toMatchObject([{ refusal: 'wrong body hash' }]);
  });
});

describe('AgentManager/RegisterAgent', () => {
  const request = {
    name: 'a job',
    agent_info: { platform_name: 'debian', labels: { workflow: 'Security' } },
  };

  test('creates a client for an account', async ({ platform }) => {
    const as = await platform.mint({ space: 'team' });
    const answer = await callByProtobuf(platform.endpoint, 'AgentManager/RegisterAgent', { request, as });
    expect(platform.clients).toEqual([
      {
        mrn: expect.stringMatching(/^\/\/agents\.api\.mondoo\.app\/spaces\/team\/agents\/[0-9A-Za-z]{27}$/),
        name: 'a job',
        info: request.agent_info,
        serviceAccount: as.mrn,
      },
    ]);
    expect(answer).toEqual({ value: { agent_mrn: platform.clients[0]?.mrn } });
  });

  test('mints an account for a registration token, and that account can sign', async ({ platform }) => {
    const token = await platform.issueRegistrationToken({ space: 'team' });
    const answer = await callByProtobuf(platform.endpoint, 'AgentManager/RegisterAgent', {
      request: { ...request, token },
      token,
    });
    const { agent_mrn, credential } = (answer as { value: Record<string, unknown> }).value;
    expect(agent_mrn).toBe(platform.clients[0]?.mrn);
    expect(credential).toEqual({
      mrn: platform.serviceAccounts[0],
      parent_mrn: '//captain.api.mondoo.app/spaces/team',
      scope_mrn: '//captain.api.mondoo.app/spaces/team',
      private_key: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n/),
      certificate: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
      api_endpoint: platform.endpoint,
    });
    const as = credential as Credentials;
    expect(await callByProtobuf(platform.endpoint, 'AgentManager/PingPong', { as })).toEqual({ value: {} });
  });

  test('refuses a token that is not in the message too', async ({ platform }) => {
    const token = await platform.issueRegistrationToken();
    expect(await callByProtobuf(platform.endpoint, 'AgentManager/RegisterAgent', { request, token })).toEqual(
      UNAUTHENTICATED,
    );
    expect(platform.clients).toEqual([]);
  });
});

describe('AgentManager/UnRegisterAgent', () => {
  test('takes the client away, and finds it no more', async ({ platform }) => {
    const as = await platform.mint();
    await callByProtobuf(platform.endpoint, 'AgentManager/RegisterAgent', { as });
    const request = { mrn: platform.clients[0]?.mrn };
    const unregister = (by: Credentials) =>
      callByProtobuf(platform.endpoint, 'AgentManager/UnRegisterAgent', { request, as: by });
    expect(await unregister(as)).toEqual({ value: request });
    expect(platform.clients).toEqual([]);
    expect(await unregister(await platform.mint())).toEqual({
      error: { code: 5, message: `agent ${request.mrn} not found` },
    });
  });
});

describe('SecureTokenService/ExchangeExternalToken', () => {
  const METHOD = 'SecureTokenService/ExchangeExternalToken';
  const issuer = 'https://token.actions.githubusercontent.com';
  const audience = '//captain.api.mondoo.app/spaces/team';
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  test('exchanges what it trusts, and nothing else', async ({ platform }) => {
    platform.trust({ issuer, publicKey, audience });
    const jwt = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime('5m')
      .sign(privateKey);
    const request = { issuer_uri: issuer, audience, jwt_token: jwt };
    const answer = await callByProtobuf(platform.endpoint, METHOD, { request });
    const { base64_credential } = (answer as { value: Record<string, unknown> }).value;
    const as: Credentials = JSON.parse(Buffer.from(String(base64_credential), 'base64').toString('utf8'));
    expect(as).toMatchObject({ mrn: platform.serviceAccounts[0], space_mrn: audience });
    expect(await callByProtobuf(platform.endpoint, 'AgentManager/PingPong', { as })).toEqual({ value: {} });

    const foreign = { ...request, audience: '//captain.api.mondoo.app/spaces/other' };
    expect(await callByProtobuf(platform.endpoint, METHOD, { request: foreign })).toEqual(UNAUTHENTICATED);
  });
});

describe('the two formats', () => {
  const HEALTH_IN_JSON = /^\{"status":"SERVING"/;

  test.for([
    [PROTOBUF, PROTOBUF, PROTOBUF],
    [PROTOBUF, JSON_TYPE, JSON_TYPE],
    [JSON_TYPE, PROTOBUF, PROTOBUF],
    [JSON_TYPE, '*/*', JSON_TYPE],
    ['Application/Protobuf; x=y', PROTOBUF, PROTOBUF],
  ] as const)('%s is asked, %s accepted', async ([asked, accept, answered], { platform }) => {
    const { status, type, body } = await send(platform, 'Health/Check', {
      headers: { 'content-type': asked, accept },
      body: Buffer.from(asked === JSON_TYPE ? '{}' : ''),
    });
    expect([status, type]).toEqual([200, answered]);
    if (answered === JSON_TYPE) expect(body.toString('utf8')).toMatch(HEALTH_IN_JSON);
    // The first field is the status, a number.
    else expect([...body.subarray(0, 2)]).toEqual([0x08, 1]);
  });

  test('an error comes in the one that is accepted', async ({ platform }) => {
    const json = await send(platform, 'AgentManager/PingPong', { headers: { accept: JSON_TYPE } });
    expect(json).toMatchObject({ status: 401, type: JSON_TYPE });
    expect(JSON.parse(json.body.toString('utf8'))).toEqual(UNAUTHENTICATED.error);
  });

  test('none else is taken', async ({ platform }) => {
    const answer = await send(platform, 'Health/Check', { headers: { 'content-type': 'text/plain' } });
    expect([answer.status, answer.type]).toEqual([400, PROTOBUF]);
    expect(answer.body.toString('utf8')).toContain('unexpected content-type: "text/plain"');
  });

  test('neither is taken for the other', async ({ platform }) => {
    const body = Buffer.from('{}');
    expect((await send(platform, 'Health/Check', { body })).status).toBe(500);
    const headers = { 'content-type': JSON_TYPE };
    expect((await send(platform, 'Health/Check', { headers })).status).toBe(500);
  });

  test('what is no method is not found', async ({ platform }) => {
    const { status, body } = await send(platform, 'AgentManager/Nothing');
    expect(status).toBe(404);
    expect(body).toEqual(Buffer.from('\x08\x05\x12\x12method not defined', 'latin1'));
  });

  test('an error that is planned, and an answer that is changed, come in protobuf', async ({ platform }) => {
    platform.fault('Health/Check', [
      { kind: 'error', code: 9, message: 'the space has reached its limit of clients' },
      { kind: 'changed', change: (value) => ({ ...(value as object), build: 'another' }) },
    ]);
    const check = () => callByProtobuf(platform.endpoint, 'Health/Check');
    expect(await check()).toEqual({
      error: { code: 9, message: 'the space has reached its limit of clients' },
    });
    expect(await check()).toMatchObject({ value: { status: 'SERVING', build: 'another' } });
  });
});

test('bytes that are no message are refused, after the signature', async ({ platform }) => {
  const body = encodeRequest('AgentManager/UnRegisterAgent', { mrn: 'mrn' }).subarray(0, -1);
  const method = 'AgentManager/UnRegisterAgent';
  expect((await send(platform, method, { body })).status).toBe(401);
  const authorization = await authorize(await platform.mint(), body, new Date());
  const answer = await send(platform, method, { body, headers: { authorization } });
  expect(answer.status).toBe(500);
  expect(answer.body.toString('utf8')).toContain('proto: cannot parse invalid wire-format data');
});
