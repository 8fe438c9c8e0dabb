import { createHash, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { agentInfo } from '../../src/platform/agent-info.ts';
import { CallError } from '../../src/platform/call-error.ts';
import type { PlatformClient } from '../../src/platform/client.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { account, CLIENT_MRN, KEY_PEM, OWNER_MRN, result, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';
import { type Handler, type LoopbackServer, openClient, sendError, startServer } from './loopback-server.ts';

const INFO = agentInfo(result().host, '1.2.3', {});

async function serve(handler: Handler): Promise<{ server: LoopbackServer; client: PlatformClient }> {
  const server = await startServer(handler);
  return { server, client: openClient(server.endpoint) };
}

async function healthFrom(response: unknown) {
  const { client } = await serve(() => response);
  return client.checkHealth();
}

function bearerOf({ received }: LoopbackServer): string {
  return received[0]!.headers.authorization!.replace(/^Bearer /, '');
}

describe('checkHealth', () => {
  it('sends no authentication', async () => {
    const { server, client } = await serve(() => ({ status: 'SERVING' }));
    await client.checkHealth();
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ path: '/Health/Check', body: '{}' });
    expect(server.received[0]!.headers).not.toHaveProperty('authorization');
  });

  it('reports status, clock and version', async () => {
    const before = Date.now();
    const { localTime, roundTrip, ...reported } = await healthFrom({
      status: 'SERVING',
      time: '2026-11-24T22:54:02Z',
      apiVersion: '13',
      build: 'x',
    });
    expect(reported).toEqual({ status: 'SERVING', time: new Date('2026-11-24T22:54:02Z'), apiVersion: '13' });
    expect(localTime.getTime()).toBeGreaterThanOrEqual(before);
    expect(localTime.getTime()).toBeLessThanOrEqual(Date.now());
    expect(roundTrip).toBeGreaterThanOrEqual(0);
  });

  it('uses the middle of the round trip as the local time', async () => {
    const { client } = await serve(async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { status: 'SERVING' };
    });
    const before = Date.now();
    const { localTime, roundTrip } = await client.checkHealth();
    expect(roundTrip).toBeGreaterThanOrEqual(190);
    expect(localTime.getTime() - before).toBeGreaterThanOrEqual(90);
    expect(Date.now() - localTime.getTime()).toBeGreaterThanOrEqual(90);
  });

  it('treats a missing status as UNKNOWN', async () => {
    expect((await healthFrom({})).status).toBe('UNKNOWN');
  });

  it.each([[null], [1], [''], ['SERVING\n'], ['a b'], ['x'.repeat(65)], ['::error::'], [['SERVING']]])(
    'rejects a response whose status is %j',
    async (status) => {
      const error = await healthFrom({ status }).catch((error) => error);
      expect(error).toBeInstanceOf(CallError);
      expect(error.message).toBe('the response (HTTP status 200) has no readable status');
    },
  );

  it.each([
    ['2026-11-24T22:54:02.5Z', '2026-11-24T22:54:02.500Z'],
    ['2026-11-24T23:54:02+01:00', '2026-11-24T22:54:02.000Z'],
  ])('parses the time %s', async (time, iso) => {
    expect((await healthFrom({ status: 'SERVING', time })).time?.toISOString()).toBe(iso);
  });

  it.each([
    [undefined],
    [null],
    [''],
    [1764024842],
    ['1764024842'],
    ['2026-11-24'],
    ['2026-11-24T22:54:02'],
    ['2026-11-24 22:54:02Z'],
    ['2026-13-24T22:54:02Z'],
    ['2026-11-24T25:54:02Z'],
    ['Tue, 24 Nov 2026 22:54:02 GMT'],
    ['x2026-11-24T22:54:02Z'],
  ])('ignores an invalid time: %j', async (time) => {
    expect(await healthFrom({ status: 'SERVING', time })).not.toHaveProperty('time');
  });

  it.each([[13], ['13\n'], ['1 3'], ['x'.repeat(65)], ['']])(
    'ignores an invalid version: %j',
    async (apiVersion) => {
      expect(await healthFrom({ status: 'SERVING', apiVersion })).not.toHaveProperty('apiVersion');
    },
  );
});

describe('pingPong', () => {
  it.each([undefined, 0, 3 * 86_400_000, -90_000])(
    'sends an empty object, signed %s ms from now',
    async (skew) => {
      const { server, client } = await serve(() => ({}));
      const at = new Date(Date.now() + (skew ?? 0));
      await client.pingPong(account(), skew);
      expect(server.received).toHaveLength(1);
      expect(server.received[0]).toMatchObject({ path: '/AgentManager/PingPong', body: '{}' });
      const { payload } = await jwtVerify(bearerOf(server), createPublicKey(KEY_PEM), {
        currentDate: at,
        clockTolerance: 30,
      });
      expect(payload.sub).toBe(SERVICE_ACCOUNT_MRN);
      expect(Math.abs(payload.iat! - at.getTime() / 1000)).toBeLessThan(30);
    },
  );

  it('accepts any object as the response', async () => {
    const { client } = await serve(() => ({ anything: [1] }));
    await expect(client.pingPong(account())).resolves.toBeUndefined();
  });

  it("fails with the platform's error", async () => {
    const { client } = await serve((_, response) =>
      sendError(response, 401, 16, 'request permission unauthenticated'),
    );
    await expect(client.pingPong(account())).rejects.toMatchObject({
      code: 16,
      method: 'AgentManager/PingPong',
    });
  });
});

describe('registerAgent', () => {
  const info = agentInfo(result().host, '1.2.3', { GITHUB_JOB: 'scan' });

  it('sends name and runner, signed with the current time and the hash of the sent bytes', async () => {
    const { server, client } = await serve(() => ({ agent_mrn: CLIENT_MRN }));
    expect(await client.registerAgent(account(), 'acme/shöp/scan', info)).toBe(CLIENT_MRN);
    const [{ path, body }] = server.received as [LoopbackServer['received'][number]];
    expect(path).toBe('/AgentManager/RegisterAgent');
    expect(JSON.parse(body)).toEqual({ name: 'acme/shöp/scan', agent_info: info });
    const claims = decodeJwt(bearerOf(server));
    expect(claims.chash).toBe(createHash('sha256').update(body).digest('hex'));
    expect(Math.abs(claims.iat! - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each([[undefined], [''], [null], [SERVICE_ACCOUNT_MRN], [`${CLIENT_MRN}\n::error::`], [[CLIENT_MRN]]])(
    'rejects a response with the client %j: a client may still exist',
    async (agent_mrn) => {
      const { server, client } = await serve(() => ({ agent_mrn }));
      const error = await client.registerAgent(account(), 'x', info).catch((error) => error);
      expect(error).toBeInstanceOf(CallError);
      expect(error.message).toMatch(/does not name the client that was registered/);
      expect(error.mayHaveTakenEffect).toBe(true);
      expect(server.received).toHaveLength(1);
    },
  );

  it('is called once for any response, because each call may create a client', async () => {
    const { server, client } = await serve((_, response) => sendError(response, 503, 14, 'busy'));
    await client.registerAgent(account(), 'x', info).catch(() => {});
    expect(server.received).toHaveLength(1);
  });
});

it('returns a client or throws a CallError, for any JSON', async () => {
  let next: unknown = {};
  const server = await startServer(() => next);
  const client = openClient(server.endpoint, 3_600_000);
  const word = /^[\w.+-]{1,64}$/;
  const response = fc.oneof(
    fc.jsonValue().filter((json) => json !== undefined),
    fc.record(
      { status: fc.jsonValue(), time: fc.jsonValue(), apiVersion: fc.jsonValue(), agent_mrn: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    fc.record({
      status: fc.constantFrom('SERVING', 'NOT_SERVING'),
      time: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        fc.string(),
      ),
      apiVersion: fc.string(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(response, async (json) => {
      next = json;
      try {
        const health = await client.checkHealth();
        expect(health.status).toMatch(word);
        if (health.apiVersion !== undefined) expect(health.apiVersion).toMatch(word);
        if (health.time) expect(health.time.getTime()).not.toBeNaN();
      } catch (error) {
        expect(error).toBeInstanceOf(CallError);
      }
      await client.registerAgent(account(), 'x', agentInfo(result().host, '1', {})).catch((error) => {
        expect(error).toBeInstanceOf(CallError);
      });
    }),
  );
});

describe('registerWithToken', () => {
  const confirmation = { agent_mrn: CLIENT_MRN, credential: { mrn: SERVICE_ACCOUNT_MRN } };

  it('sends the token as the proof and in the body, and returns the credentials unchanged', async () => {
    const { server, client } = await serve(() => confirmation);
    const info = agentInfo(result().host, '1.2.3', {});
    const minted = await client.registerWithToken('a.b.c', 'acme/shop/scan', info, new Deadline(10_000));
    expect(minted).toMatchObject({ agentMrn: CLIENT_MRN, credential: confirmation.credential });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]!.path).toBe('/AgentManager/RegisterAgent');
    expect(bearerOf(server)).toBe('a.b.c');
    expect(JSON.parse(server.received[0]!.body)).toEqual({
      token: 'a.b.c',
      name: 'acme/shop/scan',
      agent_info: info,
    });
  });

  it('does not validate the credentials, but provides the error for invalid ones', async () => {
    const { client } = await serve(() => ({ agent_mrn: CLIENT_MRN }));
    const minted = await client.registerWithToken('a.b.c', 'x', INFO, new Deadline(10_000));
    expect(minted.credential).toBeUndefined();
    expect(minted.malformed('holds nothing')).toBeInstanceOf(CallError);
    expect(minted.malformed('holds nothing').message).toBe('the response (HTTP status 200) holds nothing');
  });

  it.each([{}, { agent_mrn: 7 }, { agent_mrn: SERVICE_ACCOUNT_MRN }])(
    'rejects a response without a client: %j',
    async (names) => {
      const { client } = await serve(() => ({ credential: confirmation.credential, ...names }));
      const minting = client.registerWithToken('a.b.c', 'x', INFO, new Deadline(10_000));
      await expect(minting).rejects.toThrow(/HTTP .* does not name the client that was registered$/);
    },
  );
});

describe('unregisterAgent', () => {
  it('sends the client in a signed body', async () => {
    const { server, client } = await serve(() => ({ mrn: CLIENT_MRN }));
    await client.unregisterAgent(account(), CLIENT_MRN);
    const [request] = server.received;
    expect(request).toMatchObject({
      path: '/AgentManager/UnRegisterAgent',
      body: JSON.stringify({ mrn: CLIENT_MRN }),
    });
    const claims = decodeJwt(bearerOf(server));
    expect(claims.chash).toBe(createHash('sha256').update(request!.body).digest('hex'));
    expect(claims.sub).toBe(SERVICE_ACCOUNT_MRN);
  });

  it("fails with the platform's error", async () => {
    const { client } = await serve((_, response) => sendError(response, 404, 5, 'no such client'));
    await expect(client.unregisterAgent(account(), CLIENT_MRN)).rejects.toMatchObject({
      code: 5,
      method: 'AgentManager/UnRegisterAgent',
    });
  });
});

describe('unregisterAgent, after a lost response,', () => {
  it('treats a rejection of the second attempt as success: client and account are gone', async () => {
    let times = 0;
    const { server, client } = await serve((_, response) => {
      times++;
      return times === 1 ? response.destroy() && undefined : sendError(response, 401, 16, 'unauthenticated');
    });
    await client.unregisterAgent(account(), CLIENT_MRN);
    expect(server.received).toHaveLength(2);
  });

  it("reports the second attempt's error if the first attempt cannot have arrived", async () => {
    let times = 0;
    const { server, client } = await serve((_, response) => {
      times++;
      return times === 1
        ? sendError(response, 429, 8, 'slow down')
        : sendError(response, 401, 16, 'unauthenticated');
    });
    await expect(client.unregisterAgent(account(), CLIENT_MRN)).rejects.toMatchObject({ code: 16 });
    expect(server.received).toHaveLength(2);
  });

  it('treats an unknown client as unregistered', async () => {
    let times = 0;
    const { client } = await serve((_, response) => {
      times++;
      return times === 1 ? sendError(response, 504, 4, 'too slow') : sendError(response, 404, 5, 'not found');
    });
    await client.unregisterAgent(account(), CLIENT_MRN);
  });

  it('reports a rejection of the first attempt', async () => {
    const { client } = await serve((_, response) => sendError(response, 401, 16, 'unauthenticated'));
    await expect(client.unregisterAgent(account(), CLIENT_MRN)).rejects.toMatchObject({ code: 16 });
  });
});

describe('exchangeExternalToken', () => {
  const trust = { issuerUri: 'https://issuer', audience: OWNER_MRN };
  const token = async () => 'a.b.c';

  it('sends the token, and no other authentication', async () => {
    const { server, client } = await serve(() => ({ base64_credential: 'e30=' }));
    expect(await client.exchangeExternalToken(trust, token)).toMatchObject({ credential: 'e30=' });
    expect(server.received[0]).toMatchObject({ path: '/SecureTokenService/ExchangeExternalToken' });
    expect(server.received[0]!.headers).not.toHaveProperty('authorization');
    expect(JSON.parse(server.received[0]!.body)).toEqual({
      issuer_uri: 'https://issuer',
      audience: OWNER_MRN,
      jwt_token: 'a.b.c',
    });
  });

  it.each([{}, { base64_credential: '' }, { base64_credential: { mrn: 'x' } }])(
    'rejects the response %j',
    async (response) => {
      const { client } = await serve(() => response);
      await expect(client.exchangeExternalToken(trust, token)).rejects.toThrow('holds no credentials');
    },
  );
});
