import { describe, expect } from 'vitest';
import type { Fault } from '../../../simulator/platform.ts';
import { test } from '../stage.ts';
import { expectOutcome, HEALTH, PING, REGISTER } from './outcome.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const text = (status: number, body: string | Uint8Array, contentType = 'application/json'): Fault => ({
  kind: 'response',
  status,
  headers: { 'content-type': contentType },
  body,
});
const json = (status: number, value: unknown): Fault => text(status, JSON.stringify(value));
const rpc = (status: number, code: unknown) => json(status, { code, message: 'in its own words' });

/** A response, and its result for each method. */
interface Broken {
  what: string;
  fault: Fault;
  says: RegExp;
  /** Exceptions from: unreachable, unreachable, unregistered. */
  health?: string;
  ping?: string;
  register?: string;
  /** Whether a client may have been registered. */
  mayExist?: boolean;
}

const LOGIN_PAGE = '<!DOCTYPE html><html><body>Please log in to the guest network</body></html>';

const BROKEN: Broken[] = [
  {
    what: 'HTML',
    fault: text(200, LOGIN_PAGE, 'text/html; charset=utf-8'),
    says: /the response \(HTTP status 200\) is a web page \(HTML\)/,
    mayExist: true,
  },
  {
    what: 'HTML that claims to be JSON',
    fault: text(200, `\n${LOGIN_PAGE}`),
    says: /the response \(HTTP status 200\) is a web page \(HTML\)/,
    mayExist: true,
  },
  {
    what: 'nothing',
    fault: text(200, ''),
    says: /the response \(HTTP status 200\) is empty/,
    mayExist: true,
  },
  {
    what: 'status 204',
    fault: { kind: 'response', status: 204 },
    says: /the response .* is empty/,
    mayExist: true,
  },
  {
    what: 'truncated JSON',
    fault: text(200, '{"status":"SERVING","agent_mrn":"//agents.api.mon'),
    says: /the response \(HTTP status 200\) is not JSON/,
    mayExist: true,
  },
  ...[['SERVING'], 'SERVING', 42].map((value) => ({
    what: `the JSON ${JSON.stringify(value)}`,
    fault: json(200, value),
    says: /the response \(HTTP status 200\) is JSON of an unexpected shape/,
    mayExist: true,
  })),
  {
    what: '10 MB',
    fault: text(200, Buffer.alloc(10_000_000, ' ')),
    says: /the response is larger than 1 MiB/,
    mayExist: true,
  },
  {
    what: 'the unknown gRPC code 99',
    fault: rpc(500, 99),
    says: /code = Code\(99\) desc = in its own words/,
    mayExist: true,
  },
  { what: 'a negative gRPC code', fault: rpc(500, -1), says: /code = Code\(-1\)/, mayExist: true },
  {
    what: 'the gRPC code 0 under an error',
    fault: rpc(500, 0),
    says: /the response \(HTTP status 500\) is JSON of an unexpected shape/,
    mayExist: true,
  },
  {
    what: 'a gRPC code in words',
    fault: rpc(401, 'Unauthenticated'),
    says: /the response \(HTTP status 401\) is JSON of an unexpected shape/,
  },
  {
    what: '401 with code 7',
    fault: rpc(401, 7),
    says: /code = PermissionDenied/,
    ping: 'permission-denied',
    register: 'permission-denied',
  },
  {
    what: '500 with code 16',
    fault: rpc(500, 16),
    says: /code = Unauthenticated/,
    ping: 'unauthenticated',
    register: 'unauthenticated',
  },
  {
    what: '403 with code 16',
    fault: rpc(403, 16),
    says: /code = Unauthenticated/,
    ping: 'unauthenticated',
    register: 'unauthenticated',
  },
  { what: '503 with code 5', fault: rpc(503, 5), says: /code = NotFound/ },
  { what: '429 with code 9', fault: rpc(429, 9), says: /code = FailedPrecondition/ },
  { what: '409 with code 6', fault: rpc(409, 6), says: /code = AlreadyExists/ },
  { what: '404 with code 3', fault: rpc(404, 3), says: /code = InvalidArgument/ },
  {
    what: '401 with HTML, from a proxy',
    fault: text(401, LOGIN_PAGE, 'text/html'),
    says: /the response \(HTTP status 401\) is a web page/,
  },
  {
    what: '403 with HTML, from a firewall',
    fault: text(403, LOGIN_PAGE, 'text/html'),
    says: /the response \(HTTP status 403\) is a web page/,
  },
  { what: '404 without a body', fault: text(404, ''), says: /the response \(HTTP status 404\) is empty/ },
];

/** Every method parses a response in the same way, so these represent all rows. */
const FOR_READING = BROKEN.filter(
  ({ what, ping }) =>
    ['HTML', 'nothing', 'truncated JSON', '10 MB', '403 with HTML, from a firewall'].includes(what) || ping,
);

describe.concurrent.each(FOR_READING)('$what', ({ fault, says, ...found }) => {
  test('from the health check', async ({ stage }) => {
    stage.platform.fault(HEALTH, fault);
    const step = await stage.run();
    expectOutcome(step, stage.platform, {
      finding: found.health ?? 'unreachable',
      says,
      asked: { health: 1, ping: 1, register: 0 },
      clients: 0,
    });
  });

  test('from the ping', async ({ stage }) => {
    stage.platform.fault(PING, fault);
    const step = await stage.run();
    expectOutcome(step, stage.platform, {
      finding: found.ping ?? 'unreachable',
      says,
      asked: { health: 1, ping: 1, register: 0 },
      clients: 0,
    });
    expect(step.outputs.authenticated).toBe('false');
  });
});

describe.concurrent.each(BROKEN)('$what', ({ fault, says, mayExist = false, ...found }) => {
  test('from the registration', async ({ stage }) => {
    stage.platform.fault(REGISTER, fault);
    const step = await stage.run();
    expectOutcome(step, stage.platform, {
      finding: found.register ?? 'unregistered',
      says,
      asked: { health: 1, ping: 1, register: 1 },
      clients: 0,
    });
    if (mayExist) expect(step.outputs.error).toContain('may exist');
    else expect(step.outputs.error).not.toContain('may exist');
  });
});

describe.concurrent.each([302, 307])('a redirect with %i', (status) => {
  test.for([HEALTH, PING, REGISTER] as const)('from %s is never followed', async (method, { stage }) => {
    const elsewhere = await stage.another({});
    const location = `${elsewhere.platform.endpoint}/${method}`;
    stage.platform.fault(method, { kind: 'response', status, headers: { location } });
    const step = await stage.run();
    const registering = method === REGISTER;
    expectOutcome(step, stage.platform, {
      finding: registering ? 'unregistered' : 'unreachable',
      says: new RegExp(`HTTP status ${status}\\) is a redirect, which is never followed`),
      asked: { health: 1, ping: 1, register: registering ? 1 : 0 },
      clients: 0,
    });
    expect(elsewhere.platform.requests).toEqual([]);
  });
});

const HEALTHY = { status: 'SERVING', time: '2026-11-24T22:54:02Z', apiVersion: '13', build: 'x' };
const healthy = (changes: Record<string, unknown>) =>
  json(200, { ...HEALTHY, time: new Date().toISOString().replace(/\.\d+/, ''), ...changes });

describe.concurrent('a health check', () => {
  test.for([
    { what: 'is missing', status: undefined },
    { what: 'is UNKNOWN', status: 'UNKNOWN' },
    { what: 'is an unknown word', status: 'RESTING' },
  ])('whose status $what means not-serving', async ({ status }, { stage }) => {
    stage.platform.fault(HEALTH, healthy({ status }));
    const step = await stage.run();
    expectOutcome(step, stage.platform, {
      finding: 'not-serving',
      says: new RegExp(`returns the status \`${status ?? 'UNKNOWN'}\``),
      asked: { health: 1, ping: 1, register: 0 },
      clients: 0,
    });
  });

  test.for([null, 'SERVING\n::error::boo'])('whose status is %j is invalid', async (status, { stage }) => {
    stage.platform.fault(HEALTH, healthy({ status }));
    const step = await stage.run();
    expectOutcome(step, stage.platform, {
      finding: 'unreachable',
      says: /the response \(HTTP status 200\) has no readable status/,
      asked: { health: 1, ping: 1, register: 0 },
      clients: 0,
    });
    expect(step.outputs['api-status']).toBeUndefined();
  });

  test.for([undefined, 'soon', '2026-13-45T99:00:00Z'])(
    'whose time is %j causes a warning that the clock cannot be checked',
    async (time, { stage }) => {
      stage.platform.fault(HEALTH, healthy({ time }));
      const step = await stage.run();
      expectOutcome(step, stage.platform, {
        finding: 'ok',
        asked: { health: 1, ping: 1, register: 1 },
        clients: 1,
      });
      expect(step.annotations).toEqual([
        { level: 'warning', message: expect.stringMatching(/The runner's clock could not be checked/) },
      ]);
      expect(step.outputs).not.toHaveProperty('api-time');
      expect(step.outputs).not.toHaveProperty('clock-skew');
      expect(step.outputs).not.toHaveProperty('clock-skew-seconds');
    },
  );

  test.for(['13\n::set-output name=status::ok'])(
    'whose apiVersion is %j passes, without the output',
    async (apiVersion, { stage }) => {
      stage.platform.fault(HEALTH, healthy({ apiVersion }));
      const step = await stage.run();
      expect(step.outputs.status, step.log).toBe('ok');
      expect(step.outputs['api-version']).toBeUndefined();
    },
  );

  test('that is rejected like a guarded method is unreachable, and does not blame the credentials', async ({
    stage,
  }) => {
    for (const code of [16, 7]) {
      stage.platform.fault(HEALTH, { kind: 'error', code, message: 'request permission denied' });
      const step = await stage.run();
      expect(step.outputs.findings).toBe('unreachable');
      expect(step.outputs.authenticated).toBe('true');
    }
  });
});

describe.concurrent('a ping', () => {
  test.for([
    { what: 'an empty object', body: '{}' },
    { what: 'unknown fields', body: '{"pong":[1,2,3]}' },
    { what: 'an error under status 200', body: '{"code":16,"message":"request permission unauthenticated"}' },
  ])('that gets $what is accepted', async ({ body }, { stage }) => {
    stage.platform.fault(PING, { kind: 'response', status: 200, headers: JSON_TYPE, body });
    const step = await stage.run();
    expectOutcome(step, stage.platform, {
      finding: 'ok',
      asked: { health: 1, ping: 1, register: 1 },
      clients: 1,
    });
  });
});

const CLIENT = '//agents.api.mondoo.app/spaces/lunalectric-website/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';

describe.concurrent('a registration', () => {
  test.for([undefined, [CLIENT], CLIENT.replace('agents/2', 'serviceaccounts/2'), `${CLIENT}\nstatus=ok`])(
    'whose agent_mrn is %j may have registered a client',
    async (agentMrn, { stage }) => {
      stage.platform.fault(REGISTER, { ...json(200, { agent_mrn: agentMrn }), acts: true } as Fault);
      const step = await stage.run();
      expectOutcome(step, stage.platform, {
        finding: 'unregistered',
        says: /HTTP status 200\) does not name the client .*A client named `lunalectric\/website\/scan` may exist/,
        asked: { health: 1, ping: 1, register: 1 },
        clients: 1,
      });
      expect(step.outputs['client-mrn']).toBeUndefined();
    },
  );

  test('that is rejected with workflow commands in the message reports them as plain text', async ({
    stage,
  }) => {
    const message = '\n::error title=boo::pwned\r\n##[group]x\u202e\u001b[31m%0A::add-mask::a';
    stage.platform.fault(REGISTER, { kind: 'error', code: 9, message });
    const step = await stage.run();
    expect(step.outputs.findings).toBe('unregistered');
    expect(step.annotations).toHaveLength(1);
    expect(step.annotations[0]?.title).toBe('cnspec could not be registered');
    expect(step.log).not.toContain('##[');
    expect(step.log).not.toMatch(/[\u001b\u202e]/);
    expect(step.masks).not.toContain('a');
  });
});
