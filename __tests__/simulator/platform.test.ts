import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { test as base, describe, expect } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { type Fault, type Method, type Platform, startPlatform } from '../../simulator/platform.ts';
import { authorize } from '../../simulator/request-token.ts';

const test = base.extend<{ platform: Platform }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  platform: async ({}, use) => {
    const platform = await startPlatform();
    await use(platform);
    await platform.close();
  },
});

interface Call {
  body?: string;
  as?: Credentials;
  at?: number;
}

async function send(platform: Platform, method: string, { body = '{}', as, at = Date.now() }: Call = {}) {
  const headers = {
    'content-type': 'application/json',
    ...(as && { authorization: await authorize(as, body, new Date(at)) }),
  };
  return fetch(`${platform.endpoint}/${method}`, { method: 'POST', redirect: 'manual', headers, body });
}

async function call(platform: Platform, method: string, options?: Call) {
  const response = await send(platform, method, options);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

const UNAUTHENTICATED = { status: 401, json: { code: 16, message: 'request permission unauthenticated' } };

describe('Health/Check', () => {
  test('tells status, time and version to anybody', async ({ platform }) => {
    const { status, json } = await call(platform, 'Health/Check');
    expect(status).toBe(200);
    expect(json).toEqual({
      status: 'SERVING',
      time: expect.any(String),
      apiVersion: '13',
      build: 'simulator',
    });
    expect(json.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const age = Date.now() - Date.parse(String(json.time));
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(2000);
  });

  test('has the clock and the status that it is given', async ({ platform }) => {
    platform.clock.offsetMs = 86_400_000;
    platform.health.status = 'NOT_SERVING';
    const { json } = await call(platform, 'Health/Check');
    expect(json.status).toBe('NOT_SERVING');
    expect(Date.parse(String(json.time)) - Date.now()).toBeGreaterThan(86_390_000);
  });

  test('can leave its status out', async ({ platform }) => {
    platform.health.status = undefined;
    expect((await call(platform, 'Health/Check')).json).not.toHaveProperty('status');
  });
});

describe('AgentManager/PingPong', () => {
  test('answers an agent', async ({ platform }) => {
    const as = await platform.mint();
    expect(as.api_endpoint).toBe(platform.endpoint);
    expect(await call(platform, 'AgentManager/PingPong', { as })).toEqual({ status: 200, json: {} });
    expect(platform.requests).toMatchObject([
      { method: 'AgentManager/PingPong', body: '{}', serviceAccount: as.mrn, status: 200, code: 0 },
    ]);
  });

  test('refuses a request that nobody signed', async ({ platform }) => {
    expect(await call(platform, 'AgentManager/PingPong')).toEqual(UNAUTHENTICATED);
    expect(platform.requests).toMatchObject([{ status: 401, code: 16, refusal: 'no token' }]);
  });

  test('refuses a revoked account', async ({ platform }) => {
    const as = await platform.mint();
    platform.revoke(as.mrn);
    expect(await call(platform, 'AgentManager/PingPong', { as })).toEqual(UNAUTHENTICATED);
    expect(platform.requests).toMatchObject([{ refusal: 'unknown key id' }]);
  });

  test('refuses a viewer', async ({ platform }) => {
    expect(
      await call(platform, 'AgentManager/PingPong', { as: await platform.mint({ role: 'viewer' }) }),
    ).toEqual({
      status: 403,
      json: { code: 7, message: 'request permission denied' },
    });
  });

  test('goes by its own clock', async ({ platform }) => {
    const as = await platform.mint();
    platform.clock.offsetMs = 3 * 86_400_000;
    expect(await call(platform, 'AgentManager/PingPong', { as })).toEqual(UNAUTHENTICATED);
    const at = Date.now() + platform.clock.offsetMs;
    expect((await call(platform, 'AgentManager/PingPong', { as, at })).status).toBe(200);
  });
});

describe('AgentManager/RegisterAgent', () => {
  test('creates a client each time', async ({ platform }) => {
    const as = await platform.mint({ space: 'team' });
    const info = { platform_name: 'debian', labels: { workflow: 'Security' } };
    const body = JSON.stringify({ name: 'a job', agent_info: info, unknown: 1 });
    const mrns: unknown[] = [];
    for (const _ of [1, 2]) {
      const { status, json } = await call(platform, 'AgentManager/RegisterAgent', { as, body });
      expect(status).toBe(200);
      expect(json.agent_mrn).toMatch(/^\/\/agents\.api\.mondoo\.app\/spaces\/team\/agents\/[0-9A-Za-z]{27}$/);
      mrns.push(json.agent_mrn);
    }
    expect(platform.clients).toEqual(
      mrns.map((mrn) => ({ mrn, name: 'a job', info, serviceAccount: as.mrn })),
    );
    expect(platform.count('AgentManager/RegisterAgent')).toBe(2);
  });

  test.each([
    ['{"name":5}', 'invalid value for string field name'],
    ['{"agent_info":"x"}', 'invalid value for message field agent_info'],
    ['{"agent_info":{"platform_ip":[]}}', 'invalid value for string field platform_ip'],
    ['{"agent_info":{"labels":{"run":1}}}', 'invalid value for string field run'],
    ['[]', 'syntax error'],
    ['{', 'syntax error'],
  ])('takes no %s', async (body, message) => {
    const platform = await startPlatform();
    const as = await platform.mint();
    expect(await call(platform, 'AgentManager/RegisterAgent', { as, body })).toEqual({
      status: 500,
      json: { code: 2, message: expect.stringMatching(new RegExp(`^proto: .*${message}`)) },
    });
    expect(platform.clients).toEqual([]);
    await platform.close();
  });
});

describe('AgentManager/UnRegisterAgent', () => {
  test('takes the client away, and its account with it', async ({ platform }) => {
    const as = await platform.mint();
    await call(platform, 'AgentManager/RegisterAgent', { as });
    const body = JSON.stringify({ mrn: platform.clients[0]?.mrn });
    expect((await call(platform, 'AgentManager/UnRegisterAgent', { as, body })).json).toEqual(
      JSON.parse(body),
    );
    expect(platform.clients).toEqual([]);
    expect(await call(platform, 'AgentManager/PingPong', { as })).toEqual(UNAUTHENTICATED);
  });

  test("does not find another account's client", async ({ platform }) => {
    await call(platform, 'AgentManager/RegisterAgent', { as: await platform.mint() });
    const body = JSON.stringify({ mrn: platform.clients[0]?.mrn });
    const answer = await call(platform, 'AgentManager/UnRegisterAgent', { as: await platform.mint(), body });
    expect(answer).toMatchObject({ status: 404, json: { code: 5 } });
    expect(platform.clients).toHaveLength(1);
  });
});

describe('what is no method', () => {
  test('is not found, and is kept as unexpected', async ({ platform }) => {
    expect(await call(platform, 'AgentManager/Nothing')).toEqual({
      status: 404,
      json: { code: 5, message: 'method not defined' },
    });
    const response = await fetch(`${platform.endpoint}/Health/Check`);
    expect(response.status).toBe(404);
    await call(platform, 'Health/Check');
    const unexpected = platform.unexpected.map(({ method }) => method);
    expect(unexpected).toEqual(['AgentManager/Nothing', 'GET Health/Check']);
  });

  test('goes for another kind of content too', async ({ platform }) => {
    const url = `${platform.endpoint}/Health/Check`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 3 });
  });
});

describe('faults', () => {
  const METHOD: Method = 'Health/Check';
  const error = (code: number): Fault => ({ kind: 'error', code, message: 'no' });

  test.each([
    [3, 400],
    [4, 504],
    [5, 404],
    [6, 409],
    [7, 403],
    [8, 429],
    [9, 412],
    [10, 409],
    [13, 500],
    [14, 503],
    [16, 401],
    [99, 500],
  ])('error %i goes with HTTP status %i', async (code, status) => {
    const platform = await startPlatform();
    platform.fault(METHOD, error(code));
    expect(await call(platform, METHOD)).toEqual({ status, json: { code, message: 'no' } });
    expect(platform.requests).toMatchObject([{ status, code }]);
    await platform.close();
  });

  test('an error has the headers that it is given', async ({ platform }) => {
    platform.fault(METHOD, { kind: 'error', code: 8, message: 'slow down', headers: { 'retry-after': '2' } });
    expect((await send(platform, METHOD)).headers.get('retry-after')).toBe('2');
  });

  test('last for ever, for some requests, or one by one', async ({ platform }) => {
    const statuses = async (requests: number) => {
      const seen: number[] = [];
      while (seen.length < requests) seen.push((await send(platform, METHOD)).status);
      return seen;
    };
    platform.fault(METHOD, error(14));
    expect(await statuses(3)).toEqual([503, 503, 503]);
    platform.fault(METHOD, error(14), 2);
    expect(await statuses(3)).toEqual([503, 503, 200]);
    platform.fault(METHOD, [error(14), error(8)]);
    expect(await statuses(3)).toEqual([503, 429, 200]);
    platform.fault(METHOD, error(14));
    platform.fault(METHOD, []);
    expect(await statuses(1)).toEqual([200]);
  });

  test('hit one method only', async ({ platform }) => {
    platform.fault('AgentManager/PingPong', error(14));
    expect((await call(platform, METHOD)).status).toBe(200);
  });

  test('keep the platform from acting', async ({ platform }) => {
    platform.fault('AgentManager/RegisterAgent', error(9));
    await call(platform, 'AgentManager/RegisterAgent', { as: await platform.mint() });
    expect(platform.clients).toEqual([]);
  });

  test('answer: anything else that speaks HTTP', async ({ platform }) => {
    const html = '<html><body>Bad Gateway</body></html>';
    platform.fault(METHOD, [
      { kind: 'answer', status: 502, headers: { 'content-type': 'text/html' }, body: html },
      { kind: 'answer', status: 200 },
      { kind: 'answer', status: 307, headers: { location: 'https://example.com/' } },
      { kind: 'answer', status: 200, body: Buffer.alloc(10 * 1024 * 1024, 32) },
    ]);
    const page = await send(platform, METHOD);
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      502,
      'text/html',
      html,
    ]);
    expect(await (await send(platform, METHOD)).text()).toBe('');
    expect((await send(platform, METHOD)).headers.get('location')).toBe('https://example.com/');
    expect((await (await send(platform, METHOD)).arrayBuffer()).byteLength).toBe(10 * 1024 * 1024);
    expect(platform.requests.map(({ code }) => code)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('delay: the true answer comes late', async ({ platform }) => {
    platform.fault(METHOD, { kind: 'delay', ms: 60 });
    const startedAt = performance.now();
    expect((await call(platform, METHOD)).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(55);
  });

  test('hang: no answer comes, until the platform ends', async () => {
    const platform = await startPlatform();
    platform.fault(METHOD, { kind: 'hang' });
    const answer = send(platform, METHOD).then(
      () => 'answered',
      () => 'broken off',
    );
    expect(await Promise.race([answer, sleep(50, 'waiting')])).toBe('waiting');
    expect(platform.requests).toMatchObject([{ method: METHOD, status: undefined }]);
    await platform.close();
    expect(await answer).toBe('broken off');
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('reset: the connection breaks %s the platform has acted', async (when, clients) => {
    const platform = await startPlatform();
    platform.fault('AgentManager/RegisterAgent', { kind: 'reset', when });
    await expect(
      send(platform, 'AgentManager/RegisterAgent', { as: await platform.mint() }),
    ).rejects.toThrow();
    expect(platform.clients).toHaveLength(clients);
    expect(platform.requests).toMatchObject([{ status: undefined }]);
    await platform.close();
  });

  test('half: the body stops in the middle', async ({ platform }) => {
    platform.fault(METHOD, { kind: 'half', end: 'silence' });
    const body = readBody(platform.endpoint);
    expect(await Promise.race([body, sleep(80, 'waiting')])).toBe('waiting');
  });

  test('half: the connection breaks in the middle of the body', async ({ platform }) => {
    platform.fault(METHOD, { kind: 'half', end: 'reset' });
    const { text, complete } = await readBody(platform.endpoint);
    expect(text).toMatch(/^\{"status":"SERVING"/);
    expect(text).not.toMatch(/\}$/);
    expect(complete).toBe(false);
  });

  test('drip: the body comes byte by byte', async ({ platform }) => {
    platform.fault(METHOD, { kind: 'drip', ms: 1 });
    const startedAt = performance.now();
    expect((await call(platform, METHOD)).json.status).toBe('SERVING');
    expect(performance.now() - startedAt).toBeGreaterThan(50);
  });
});

/** Reads what arrives of a health check's body, until it is complete or broken off. */
function readBody(endpoint: string): Promise<{ text: string; complete: boolean }> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${endpoint}/Health/Check`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => {});
      response.on('close', () => resolve({ text, complete: response.complete }));
    });
    sent.on('error', () => {});
    sent.end('{}');
  });
}
