import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { findClosedPort } from '../../../simulator/closed-port.ts';
import type { Fault, Method, Platform, RecordedRequest } from '../../../simulator/platform.ts';
import { startProxy } from '../../../simulator/proxy.ts';
import type { Step } from '../../../simulator/runner.ts';
import { until } from '../../../simulator/until.ts';
import { RpcCode } from '../../../src/platform/call-error.ts';
import { parseDuration } from '../../../src/util/duration.ts';
import { test } from '../stage.ts';
import { AUTHORITY_FILE, authority } from './authority-file.ts';
import { type Count, CUT_OFF, either, expectOutcome, HEALTH, PING, REGISTER } from './outcome.ts';

/** A failure that may be temporary, and its log line. */
interface Passing {
  what: string;
  fault: Fault;
  told: RegExp;
  /** The delay that the response asks for, in milliseconds. */
  retryAfter?: number;
}

const error = (code: number, headers?: Record<string, string>): Fault => ({
  kind: 'error',
  code,
  message: 'come back later',
  ...(headers && { headers }),
});
const HTML = { 'content-type': 'text/html' };
const page = (status: number, headers = {}): Fault => ({
  kind: 'response',
  status,
  headers: { ...HTML, ...headers },
  body: '<html><body>busy</body></html>',
});

/** Failures after which any method is retried. */
const FOR_ALL: Passing[] = [
  { what: 'Aborted', fault: error(RpcCode.Aborted), told: /code = Aborted desc = come back later/ },
  {
    what: '429 without a gRPC body',
    fault: page(429),
    told: /the response \(HTTP status 429\) is a web page/,
  },
  {
    what: '429 without a gRPC body, with Retry-After',
    fault: page(429, { 'retry-after': '1' }),
    told: /HTTP status 429/,
    retryAfter: 1000,
  },
  {
    what: 'ResourceExhausted with Retry-After',
    fault: error(RpcCode.ResourceExhausted, { 'retry-after': '1' }),
    told: /code = ResourceExhausted/,
    retryAfter: 1000,
  },
  {
    what: '503 without a gRPC body',
    fault: page(503),
    told: /the response \(HTTP status 503\) is a web page/,
  },
  {
    what: '503 with an empty body',
    fault: { kind: 'response', status: 503 },
    told: /the response \(HTTP status 503\) is empty/,
  },
];

/** Failures after which only read-only methods are retried. */
const FOR_READING: Passing[] = [
  {
    what: 'a reset before the request was handled',
    fault: { kind: 'reset', when: 'before' },
    told: /was lost before a response arrived/,
  },
  {
    what: 'a reset after the request was handled',
    fault: { kind: 'reset', when: 'after' },
    told: /was lost before a response arrived/,
  },
  {
    what: 'a reset in the middle of the response',
    fault: { kind: 'half', end: 'reset' },
    told: /was lost/,
  },
  { what: '502', fault: page(502), told: /HTTP status 502/ },
  { what: '504', fault: page(504), told: /HTTP status 504/ },
  { what: 'Unavailable', fault: error(RpcCode.Unavailable), told: /code = Unavailable/ },
  { what: 'DeadlineExceeded', fault: error(RpcCode.DeadlineExceeded), told: /code = DeadlineExceeded/ },
  {
    what: 'ResourceExhausted without Retry-After',
    fault: error(RpcCode.ResourceExhausted),
    told: /code = ResourceExhausted/,
  },
];

const MANY: Count = [2, 20];

/** Long enough for a second attempt on a busy runner. */
const TIMEOUT = '8s';

describe.concurrent.each([...FOR_ALL, ...FOR_READING])(
  'health check and ping, which get $what',
  ({ fault, told, retryAfter = 0 }) => {
    test('are each retried once', async ({ stage }) => {
      stage.platform.fault(HEALTH, fault, 1);
      stage.platform.fault(PING, fault, 1);
      const step = await stage.run();
      expectOutcome(step, stage.platform, {
        finding: 'ok',
        asked: { health: 2, ping: 2, register: 1 },
        clients: 1,
      });
      for (const method of [HEALTH, PING] as const) {
        expectRetries(step, stage.platform, method, told, retryAfter);
      }
    });
  },
);

describe.concurrent.each(FOR_ALL)('a registration that gets $what', ({ fault, told, retryAfter = 0 }) => {
  test('is retried, and registers one client', async ({ stage }) => {
    stage.platform.fault(REGISTER, fault, 2);
    const step = await stage.run();
    expectOutcome(step, stage.platform, {
      finding: 'ok',
      asked: { health: 1, ping: 1, register: 3 },
      clients: 1,
    });
    expectRetries(step, stage.platform, REGISTER, told, retryAfter);
  });
});

describe.concurrent('a lasting failure', () => {
  const [lasting] = FOR_ALL as [Passing];

  test('is retried as often as the timeout allows, and then the platform is unreachable', async ({
    stage,
  }) => {
    stage.platform.fault(HEALTH, lasting.fault);
    stage.platform.fault(PING, lasting.fault);
    const step = await stage.run({ timeout: TIMEOUT });
    expectOutcome(step, stage.platform, {
      finding: 'unreachable',
      says: either(lasting.told, CUT_OFF),
      asked: { health: MANY, ping: MANY, register: 0 },
      clients: 0,
    });
    expect(step.outputs.error).toContain('The request to ');
    for (const method of [HEALTH, PING] as const) {
      expectRetries(step, stage.platform, method, lasting.told, 0);
    }
  });

  test('of a registration is retried as often as the timeout allows', async ({ stage }) => {
    stage.platform.fault(REGISTER, lasting.fault);
    const step = await stage.run({ timeout: TIMEOUT });
    expectOutcome(step, stage.platform, {
      // A last attempt that the timeout ended may have registered a client.
      finding: CUT_OFF.test(step.outputs.error ?? '') ? 'unregistered' : 'unreachable',
      says: either(lasting.told, CUT_OFF),
      asked: { health: 1, ping: 1, register: MANY },
      clients: 0,
    });
    expectRetries(step, stage.platform, REGISTER, lasting.told, 0);
  });
});

describe.concurrent('refused connections', () => {
  test('are retried as often as the timeout allows', async ({ stage }) => {
    const endpoint = `http://127.0.0.1:${await findClosedPort()}`;
    const step = await stage.run({ 'api-endpoint': endpoint, timeout: TIMEOUT });
    expectOutcome(step, stage.platform, {
      finding: 'unreachable',
      says: either(/refuses connections \(ECONNREFUSED\)/, CUT_OFF),
      asked: { health: 0, ping: 0, register: 0 },
      clients: 0,
    });
    expect(retryLines(step, HEALTH).length).toBeGreaterThanOrEqual(1);
    expect(retryLines(step, PING).length).toBeGreaterThanOrEqual(1);
  });

  test('are retried for a registration too, which was never sent, and the platform is unreachable', async ({
    stage,
  }) => {
    // The action uses no proxy for plain http.
    const { platform, credentials } = await stage.another({ tls: await authority.issue() });
    const proxy = stage.until(await startProxy({ to: platform.endpoint }));
    // The next attempt is seconds away, so the proxy has passed on the response before it closes.
    platform.fault(REGISTER, page(429, { connection: 'close', 'retry-after': '5' }));
    const running = stage.run(
      { credentials: JSON.stringify(credentials), 'api-proxy': proxy.url, timeout: '12s' },
      { env: { NODE_EXTRA_CA_CERTS: AUTHORITY_FILE } },
    );
    await until(() => platform.count(REGISTER) === 1, running);
    await sleep(500);
    await proxy.close();
    const step = await running;
    expectOutcome(step, platform, {
      finding: 'unreachable',
      says: either(/the proxy 127\.0\.0\.1:\d+ refuses connections \(ECONNREFUSED\)/, CUT_OFF),
      asked: { health: 1, ping: 1, register: 1 },
      clients: 0,
    });
    expect(step.outputs.error).not.toContain('may exist');
    expect(step.log).toMatch(/! AgentManager\/RegisterAgent failed: the proxy \S+ refuses connections/);
  });
});

describe.concurrent.each<Method>([HEALTH, PING, REGISTER])('a Retry-After for %s', (method) => {
  test('that exceeds the remaining time is not waited for', async ({ stage }) => {
    stage.platform.fault(method, page(429, { 'retry-after': '3600' }));
    const step = await stage.run();
    const asked = { health: 1, ping: 1, register: method === REGISTER ? 1 : 0 };
    expectOutcome(step, stage.platform, {
      finding: 'unreachable',
      says: /the response \(HTTP status 429\) is .*\. The response asks to wait 1h0m0s\./,
      asked,
      clients: 0,
    });
    expect(retryLines(step, method)).toEqual([]);
  });

  test('of an hour: the message gives the wait', async ({ stage }) => {
    stage.platform.fault(method, error(RpcCode.ResourceExhausted, { 'retry-after': '3600' }));
    const step = await stage.run();
    expect(step.outputs.error).toMatch(
      /error `ResourceExhausted`, ".*"\. The response asks to wait 1h0m0s\./,
    );
    expect(step.outputs.error).toContain('Fix: Run the job again in 1h0m0s.');
  });
});

test.concurrent('a Retry-After with a date is honored', async ({ stage }) => {
  const date = Date.now() + 6000;
  stage.platform.fault(REGISTER, page(503, { 'retry-after': new Date(date).toUTCString() }), 1);
  const step = await stage.run();
  expect(step.outputs.status, step.log).toBe('ok');
  const [, second] = requestsTo(stage.platform, REGISTER);
  // Timers may be early by some milliseconds.
  expect(second!.at.getTime()).toBeGreaterThanOrEqual(Math.floor(date / 1000) * 1000 - 5);
});

test.concurrent('a limit of the space is not retried', async ({ stage }) => {
  stage.platform.fault(REGISTER, error(RpcCode.ResourceExhausted));
  const step = await stage.run();
  expectOutcome(step, stage.platform, {
    finding: 'unregistered',
    says: /code = ResourceExhausted desc = come back later/,
    asked: { health: 1, ping: 1, register: 1 },
    clients: 0,
  });
  expect(step.outputs.error).not.toContain('may exist');
});

/** Expects one line and one new request for each failed attempt, and delays at least as long as printed. */
function expectRetries(step: Step, platform: Platform, method: Method, told: RegExp, least: number): void {
  const requests = requestsTo(platform, method);
  const lines = retryLines(step, method);
  // The last delay may end at the deadline, before the next request is sent.
  expect([requests.length - 1, requests.length]).toContain(lines.length);
  expect(new Set(requests.map(({ headers }) => headers['x-request-id'])).size).toBe(requests.length);
  if (method !== HEALTH) {
    expect(new Set(requests.map(({ headers }) => headers.authorization)).size).toBe(requests.length);
  }
  for (const [index, line] of lines.entries()) {
    const [, reason, next, wait] = /^! \S+ failed: (.*)\. Attempt (\d+) follows in (\S+)$/.exec(line) ?? [];
    expect(reason, line).toMatch(told);
    expect(Number(next)).toBe(index + 2);
    const milliseconds = parseDuration(wait ?? '') ?? Number.NaN;
    expect(milliseconds).toBeGreaterThanOrEqual(least);
    const [before, after] = requests.slice(index, index + 2);
    if (!before || !after) continue;
    // Timers may be early by a millisecond.
    expect(after.at.getTime() - before.at.getTime()).toBeGreaterThanOrEqual(Math.floor(milliseconds) - 2);
  }
}

function retryLines({ log }: Step, method: Method): string[] {
  return log.split('\n').filter((line) => line.startsWith(`! ${method} failed: `));
}

function requestsTo({ requests }: Platform, method: Method): RecordedRequest[] {
  return requests.filter((request) => request.method === method);
}

test('a name that cannot be resolved is retried until the deadline', async ({ stage }) => {
  // RFC 6761: it never resolves, with or without a network.
  const step = await stage.run({ 'api-endpoint': 'https://platform.invalid', timeout: '6s' });
  expect(step.outputs).toMatchObject({ status: 'unreachable', registered: 'false' });
  expect(step.log).toMatch(
    /Health\/Check failed: the name of platform\.invalid cannot be resolved.*\. Attempt 2 follows in/,
  );
  expect(step.outputs.error).toContain('the name of platform.invalid cannot be resolved');
  expect(stage.platform.requests).toEqual([]);
});
