import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallError, type Failure, RpcCode } from '../../src/platform/call-error.ts';
import type { StatusCheck } from '../../src/platform/status-check.ts';
import type { Finding } from '../../src/status/finding.ts';
import { findingsIn } from '../../src/status/findings.ts';
import type { Registration, Result } from '../../src/status/result.ts';
import { judge } from '../../src/status/verdict.ts';
import { ActionError, FINDINGS, type FindingCode } from '../../src/util/errors.ts';
import {
  account,
  CLIENT_MRN,
  callError,
  cnspecAnswer,
  health,
  NOW,
  OWNER_MRN,
  REQUEST_ID,
  registrationToken,
  result,
  rpcError,
  SERVICE_ACCOUNT_MRN,
} from '../fixtures.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const MAX_SKEW = 30 * SECOND;

const unauthenticated = rpcError(RpcCode.Unauthenticated, 'request permission unauthenticated');
const permissionDenied = rpcError(RpcCode.PermissionDenied, 'request permission denied');
const unavailable = rpcError(RpcCode.Unavailable, 'busy');

/** The offset of the platform's clock to the local one. */
function skewed(skew: number, rest: Partial<StatusCheck> = {}): StatusCheck {
  const time = new Date(NOW.getTime() + skew);
  return { health: health({ time }), skew, ping: 'accepted', ...rest };
}

function findingsOf(changes: Partial<Result>, maxClockSkew = MAX_SKEW): Finding[] {
  return findingsIn(result(changes), maxClockSkew);
}

function codesOf(check: StatusCheck, registration?: Partial<Registration>): FindingCode[] {
  const findings = findingsOf({
    check,
    registration: { wanted: true, name: 'acme/shop/scan', ...registration },
  });
  return judge(findings, new Set()).findings;
}

/** Returns the only finding, or fails the test. */
function theFinding(changes: Partial<Result>, maxClockSkew = MAX_SKEW): Finding {
  const findings = findingsOf(changes, maxClockSkew);
  expect(findings).toHaveLength(1);
  return findings[0]!;
}

/** All causes of a failed call. */
const FAILURES: [string, Failure][] = [
  ...Object.entries(RpcCode).map(([name, code]): [string, Failure] => [
    name,
    { kind: 'rpc', status: { code, message: 'in its own words' } },
  ]),
  ['an unknown code', { kind: 'rpc', status: { code: 99, message: '' } }],
  ...[200, 302, 400, 401, 403, 404, 429, 500, 502, 503, 504].map((httpStatus): [string, Failure] => [
    `HTTP ${httpStatus} without a code`,
    { kind: 'response', httpStatus, problem: 'is a web page (HTML), as a proxy or a firewall sends it' },
  ]),
  ['no connection', { kind: 'connection', phase: 'connect', reason: 'x refuses connections (ECONNREFUSED)' }],
  ['no response', { kind: 'connection', phase: 'headers', reason: 'connected, but no answer within 30s' }],
  ['a truncated response', { kind: 'connection', phase: 'body', reason: 'the answer began but did not end' }],
];

describe('no finding', () => {
  it('if the platform serves, accepts the credentials and agrees about the time', () => {
    expect(
      findingsOf({
        check: skewed(0),
        registration: { wanted: true, name: 'x', clientMrn: CLIENT_MRN },
      }),
    ).toEqual([]);
    expect(findingsOf({ check: skewed(0), registration: { wanted: false, name: 'x' } })).toEqual([]);
  });

  it('if nothing was checked', () => {
    expect(findingsOf({})).toEqual([]);
  });
});

describe('the real cnspec', () => {
  it('causes cnspec-failed if it failed, in addition to other findings', () => {
    const failure = new ActionError('cnspec-failed', 'what is wrong', 'what to do');
    expect(findingsOf({ cnspec: { failure } })).toEqual([failure]);
    const skewedToo = findingsOf({ cnspec: { failure }, check: skewed(45 * SECOND) });
    expect(skewedToo.map(({ code }) => code).toSorted()).toEqual(['clock-skew', 'cnspec-failed']);
  });

  it('causes no finding if it agrees', () => {
    expect(findingsOf({ cnspec: { answer: cnspecAnswer() } })).toEqual([]);
  });
});

describe('an early end of the work', () => {
  it.each([
    'invalid-input',
    'missing-credentials',
    'invalid-credentials',
    'runner-error',
    'skipped',
  ] as const)('causes the finding %s', (code) => {
    const error = new ActionError(code, 'what is wrong', 'what to do');
    expect(findingsOf({ error })).toEqual([error]);
  });

  it('keeps earlier findings', () => {
    const error = new ActionError('invalid-input', 'no room', 'make some');
    const findings = findingsOf({ error, check: skewed(45 * SECOND) });
    expect(judge(findings, new Set()).findings).toEqual(['invalid-input', 'clock-skew']);
  });

  it('names a client that was registered before, unless its account was minted for it', () => {
    const error = new ActionError('runner-error', 'It was replaced.', 'look');
    const registration = { wanted: true, name: 'x', clientMrn: CLIENT_MRN };
    expect(theFinding({ error, registration }).message).toBe(
      `It was replaced. The step had already registered the client \`${CLIENT_MRN}\`. It remains in the space's list of clients.`,
    );
    expect(theFinding({ error, registration: { ...registration, wanted: false } }).message).toBe(
      'It was replaced.',
    );
    expect(theFinding({ error, registration, identity: registrationToken() }).message).toBe(
      'It was replaced.',
    );
  });
});

describe('Health/Check', () => {
  it.each(FAILURES)('without a valid response is unreachable: %s', (_, failure) => {
    expect(codesOf({ health: callError(failure, 'Health/Check'), ping: 'accepted' })).toEqual([
      'unreachable',
    ]);
  });

  it.each(['NOT_SERVING', 'UNKNOWN', 'serving', 'SERVICE_UNKNOWN'])(
    'that reports %s is not-serving',
    (status) => {
      const { code, message, remedy } = theFinding({
        check: { health: health({ status }), skew: 0, ping: 'accepted' },
      });
      expect(code).toBe('not-serving');
      expect(message).toMatch(
        new RegExp(`https://us\\.api\\.mondoo\\.com\` returns the status \`${status}\`\\.`),
      );
      expect(`${message} ${remedy}`).toMatch(/job is not the cause.*again/);
    },
  );

  it('that reports no time causes no finding: the clock just cannot be checked', () => {
    const { time: _, ...withoutTime } = health();
    expect(codesOf({ health: withoutTime, ping: 'accepted' })).toEqual([]);
  });
});

describe('PingPong', () => {
  const expected = ({ kind, ...failure }: Failure): FindingCode => {
    const code = kind === 'rpc' ? (failure as { status: { code: number } }).status.code : undefined;
    if (code === RpcCode.Unauthenticated) return 'unauthenticated';
    return code === RpcCode.PermissionDenied ? 'permission-denied' : 'unreachable';
  };

  it.each(FAILURES.map(([name, failure]) => [name, expected(failure), failure] as const))(
    'that fails with %s is %s',
    (_, finding, failure) => {
      expect(codesOf({ health: health(), skew: 0, ping: callError(failure) })).toEqual([finding]);
    },
  );

  it.each(FAILURES.map(([name, failure]) => [name, expected(failure), failure] as const))(
    'at the platform’s time that fails with %s is %s, in addition to the clock',
    (_, finding, failure) => {
      const findings = codesOf(
        skewed(90 * SECOND, { ping: unauthenticated, pingAtServerTime: callError(failure) }),
      );
      expect(findings).toEqual([finding, 'clock-skew']);
    },
  );

  it('is one unreachable together with Health/Check, reported for the health check', () => {
    const finding = theFinding({
      check: { health: callError(FAILURES.at(-1)![1], 'Health/Check'), ping: unavailable },
    });
    expect(finding.evidence).toContain('Health/Check');
  });
});

describe('the clock', () => {
  // The platform tolerates 60 seconds; beyond seven days the action does not sign at its time.
  const AHEAD_AND_BEHIND = [45 * SECOND, 90 * SECOND, 3 * DAY, 8 * DAY].flatMap((skew) => [skew, -skew]);

  it.each(AHEAD_AND_BEHIND)('%i ms off is clock-skew even if the ping was accepted', (skew) => {
    expect(codesOf(skewed(skew))).toEqual(['clock-skew']);
  });

  it.each(AHEAD_AND_BEHIND.filter((skew) => Math.abs(skew) < 7 * DAY))(
    '%i ms off is clock-skew only, if the credentials are accepted at the platform’s time',
    (skew) => {
      expect(codesOf(skewed(skew, { ping: unauthenticated, pingAtServerTime: 'accepted' }))).toEqual([
        'clock-skew',
      ]);
    },
  );

  it.each(AHEAD_AND_BEHIND.filter((skew) => Math.abs(skew) < 7 * DAY))(
    '%i ms off is reported with unauthenticated if they are rejected at the platform’s time too',
    (skew) => {
      const check = skewed(skew, { ping: unauthenticated, pingAtServerTime: unauthenticated });
      expect(codesOf(check)).toEqual(['unauthenticated', 'clock-skew']);
    },
  );

  it.each([8 * DAY, -8 * DAY])('%i ms off does not explain rejected credentials', (skew) => {
    const finding = theFinding({ check: skewed(skew, { ping: unauthenticated }) });
    expect(finding.code).toBe('clock-skew');
    expect(finding.message).toMatch(
      /by 8 days, 192h0m0s\. .*rejects every request, so the credentials could not be checked/,
    );
  });

  it.each([8 * DAY, -8 * DAY])('%i ms off does not hide another response', (skew) => {
    expect(codesOf(skewed(skew, { ping: permissionDenied }))).toEqual(['permission-denied', 'clock-skew']);
    expect(codesOf(skewed(skew, { ping: unavailable }))).toEqual(['unreachable', 'clock-skew']);
  });

  it.each([90 * SECOND, -90 * SECOND])(
    '%i ms off is reported with permission-denied if the role is rejected',
    (skew) => {
      expect(codesOf(skewed(skew, { ping: unauthenticated, pingAtServerTime: permissionDenied }))).toEqual([
        'permission-denied',
        'clock-skew',
      ]);
      expect(codesOf(skewed(skew, { ping: permissionDenied }))).toEqual(['permission-denied', 'clock-skew']);
    },
  );

  it('is wrong above the limit, not at it', () => {
    for (const sign of [1, -1]) {
      expect(codesOf(skewed(sign * MAX_SKEW))).toEqual([]);
      expect(codesOf(skewed(sign * (MAX_SKEW + 1)))).toEqual(['clock-skew']);
      expect(findingsOf({ check: skewed(sign) }, 0)).toHaveLength(1);
      expect(findingsOf({ check: skewed(sign * 3 * DAY) }, 4 * DAY)).toEqual([]);
    }
  });

  it('is wrong if only the platform’s time is accepted, for any limit', () => {
    for (const pingAtServerTime of ['accepted', permissionDenied] as const) {
      const check = skewed(3 * DAY, { ping: unauthenticated, pingAtServerTime });
      expect(findingsOf({ check }, 99 * DAY).map(({ code }) => code)).toContain('clock-skew');
    }
  });

  it('is not blamed within the limit if both times are rejected', () => {
    const check = skewed(20 * SECOND, { ping: unauthenticated, pingAtServerTime: unauthenticated });
    expect(codesOf(check)).toEqual(['unauthenticated']);
  });

  it('is not blamed if it could not be checked', () => {
    const { time: _, ...withoutTime } = health();
    expect(codesOf({ health: withoutTime, ping: unauthenticated })).toEqual(['unauthenticated']);
    expect(codesOf({ health: unavailable, ping: unauthenticated })).toEqual([
      'unreachable',
      'unauthenticated',
    ]);
  });
});

describe('RegisterAgent', () => {
  const expected = (failure: Failure): FindingCode => {
    switch (failure.kind) {
      case 'rpc':
        switch (failure.status.code) {
          case 16:
            return 'unauthenticated';
          case 7:
            return 'permission-denied';
          case 4:
          case 10:
          case 14:
            return 'unreachable';
          default:
            return 'unregistered';
        }
      case 'response':
        return [429, 502, 503, 504].includes(failure.httpStatus) ? 'unreachable' : 'unregistered';
      case 'connection':
        return failure.phase === 'connect' ? 'unreachable' : 'unregistered';
    }
  };

  it.each(FAILURES.map(([name, failure]) => [name, expected(failure), failure] as const))(
    'that fails with %s is %s',
    (_, finding, failure) => {
      expect(codesOf(skewed(0), { error: callError(failure, 'AgentManager/RegisterAgent') })).toEqual([
        finding,
      ]);
    },
  );
});

describe('RegisterAgent that fails with ResourceExhausted', () => {
  const exhausted: Failure = {
    kind: 'rpc',
    status: { code: RpcCode.ResourceExhausted, message: 'slow down' },
  };

  it('means a busy platform with Retry-After, or a limit of the space without it', () => {
    const error = (retryAfter?: number) => ({
      error: callError(exhausted, 'AgentManager/RegisterAgent', retryAfter),
    });
    expect(codesOf(skewed(0), error(0))).toEqual(['unreachable']);
    expect(codesOf(skewed(0), error())).toEqual(['unregistered']);
  });
});

describe('combinations', () => {
  it('are reported once each, gravest first', () => {
    const check = { ...skewed(45 * SECOND), health: health({ status: 'NOT_SERVING', time: NOW }) };
    expect(codesOf(check, { error: rpcError(5) })).toEqual(['not-serving', 'clock-skew', 'unregistered']);
    expect(codesOf(check, { error: unavailable })).toEqual(['unreachable', 'not-serving', 'clock-skew']);
    expect(codesOf({ ...check, ping: unauthenticated, pingAtServerTime: unauthenticated })).toEqual([
      'not-serving',
      'unauthenticated',
      'clock-skew',
    ]);
  });

  it('never report a finding twice, or without text, for any result', () => {
    const failure = fc.constantFrom(...FAILURES.map(([, failure]) => callError(failure)));
    const outcome = fc.oneof(fc.constant('accepted' as const), failure);
    const someHealth = fc.oneof(
      failure,
      fc.constantFrom(health(), health({ status: 'NOT_SERVING' }), health({ status: 'UNKNOWN' })),
    );
    const observed = fc.record({
      health: someHealth,
      skew: fc.constantFrom(undefined, 0, 45 * SECOND, -90 * SECOND, 3 * DAY, -8 * DAY),
      ping: outcome,
      pingAtServerTime: fc.oneof(fc.constant(undefined), outcome),
      registrationError: fc.oneof(fc.constant(undefined), failure),
    });
    fc.assert(
      fc.property(observed, ({ health, skew, ping, pingAtServerTime, registrationError }) => {
        const check: StatusCheck = { health, ping };
        if (skew !== undefined && 'status' in health) check.skew = skew;
        // A second ping follows only a rejected first ping, and needs the platform's time.
        const again = ping !== 'accepted' && ping.code === RpcCode.Unauthenticated && 'skew' in check;
        if (again && pingAtServerTime !== undefined) check.pingAtServerTime = pingAtServerTime;
        const registration: Registration = { wanted: true, name: 'x' };
        if (registrationError) registration.error = registrationError;

        const findings = findingsOf({ check, registration });
        const codes = findings.map(({ code }) => code);
        expect(new Set(codes).size).toBe(codes.length);
        for (const { code, message, remedy, evidence = '' } of findings) {
          expect(FINDINGS).toContain(code);
          expect(message).not.toMatch(/undefined|NaN|\[object|\.\.$|\n/);
          expect(message).toMatch(/\.$/);
          expect(remedy).not.toMatch(/undefined|NaN|\[object|\n/);
          expect(remedy).toMatch(/\.$/);
          expect(evidence).not.toMatch(/undefined|NaN|\[object|\n/);
        }
        // Every failure is reported.
        const clean =
          'status' in health && health.status === 'SERVING' && ping === 'accepted' && !registrationError;
        if (!clean) expect(findings).not.toEqual([]);
      }),
    );
  });
});

describe('the message', () => {
  const withRequestId = `(request id ${REQUEST_ID})`;

  it('for unauthenticated names the account, the platform’s error, the request and the evidence', () => {
    const { message, remedy, evidence } = theFinding({ check: skewed(800, { ping: unauthenticated }) });
    expect(evidence).toContain(SERVICE_ACCOUNT_MRN);
    expect(evidence).toContain(
      '"rpc error: code = Unauthenticated desc = request permission unauthenticated"',
    );
    expect(evidence).toContain(withRequestId);
    expect(message).toContain('The clock is not the cause: it is in sync.');
    expect(message).toMatch(
      /deleted or revoked, or isn't for the region of `https:\/\/us\.api\.mondoo\.com`/,
    );
    expect(remedy).toMatch(/Generate Long-Lived Credentials/);
  });

  it('for unauthenticated describes the state of the clock', () => {
    const message = (check: StatusCheck) =>
      findingsOf({ check }).find(({ code }) => code === 'unauthenticated')!.message;
    const { time: _, ...withoutTime } = health();
    expect(
      message(skewed(90 * SECOND, { ping: unauthenticated, pingAtServerTime: unauthenticated })),
    ).toContain("The clock is not the cause: a request signed with the platform's time was rejected too.");
    expect(message({ health: withoutTime, ping: unauthenticated })).toContain(
      'The clock may be the cause: it could not be checked.',
    );
    expect(message({ health: unavailable, ping: unauthenticated })).toContain('it could not be checked');
  });

  it('for unauthenticated gives the dates of an expired or not yet valid certificate', () => {
    const certificate = { from: new Date('2024-01-01T00:00:00Z'), to: new Date('2025-01-01T00:00:00Z') };
    const { message } = theFinding({
      account: account({ certificate }),
      check: skewed(0, { ping: unauthenticated }),
    });
    expect(message).toContain('The certificate of the credentials expired on 2025-01-01T00:00:00.000Z.');
    expect(theFinding({ check: skewed(0, { ping: unauthenticated }) }).message).not.toContain('certificate');
    const valid = account({ certificate: { ...certificate, to: new Date('2030-01-01T00:00:00Z') } });
    expect(theFinding({ account: valid, check: skewed(0, { ping: unauthenticated }) }).message).not.toContain(
      'certificate',
    );
  });

  it('for permission-denied rules out the key, and names the role', () => {
    const { message, remedy, evidence } = theFinding({ check: skewed(0, { ping: permissionDenied }) });
    expect(evidence).toMatch(/serviceaccounts\/healthy`; .*request permission denied/);
    expect(evidence).toContain(withRequestId);
    expect(message).toMatch(/The key is correct, .*`AgentManager\/PingPong`/);
    expect(remedy).toMatch(/role Agent/);
  });

  it.each([
    [3 * DAY, "is behind the platform's by 3 days, 72h0m0s.", '2026-11-27T22:59:43.000Z'],
    [-45 * SECOND, "is ahead of the platform's by 45s.", '2026-11-24T22:58:58.000Z'],
  ])('for clock-skew of %i ms reports amount, direction and both times', (skew, distance, platformTime) => {
    const { message, remedy, evidence } = theFinding({ check: skewed(skew) });
    expect(message).toContain(distance);
    expect(evidence).toBe(`Platform time ${platformTime}, runner time 2026-11-24T22:59:43.000Z`);
    expect(message).toContain('still accepts requests, but `max-clock-skew` allows only `30s`.');
    expect(remedy).toMatch(/chronyc.*sntp.*w32tm/);
  });

  it('for clock-skew rules out the credentials if the platform’s time was accepted', () => {
    const { message } = theFinding({
      check: skewed(3 * DAY, { ping: unauthenticated, pingAtServerTime: 'accepted' }),
    });
    expect(message).toMatch(/accepts the same credentials with its own time, so they work/);
  });

  it.each<[string, CallError, RegExp]>([
    [
      'no connection',
      callError({ kind: 'connection', phase: 'connect', reason: 'x refuses connections (ECONNREFUSED)' }),
      /can reach `https:\/\/us\.api\.mondoo\.com`: DNS, firewall, proxy.*curl -sv https:\/\/us\.api\.mondoo\.com\/Health\/Check/,
    ],
    [
      'a web page',
      callError({ kind: 'response', httpStatus: 200, problem: 'is a web page (HTML)' }),
      /proxy or a firewall.*https:\/\/us\.api\.mondoo\.com` is the right endpoint/,
    ],
    ['an error of the platform', unavailable, /again in a few minutes.*request id to Mondoo support/],
  ])('for unreachable names endpoint, method, reason and fix: %s', (_, error, remedy) => {
    const finding = theFinding({ check: skewed(0, { ping: error }) });
    expect(finding.message).toContain('The request to `https://us.api.mondoo.com` failed: ');
    expect(`${finding.message} ${finding.evidence}`).toContain(error.message);
    expect(finding.evidence).toContain(withRequestId);
    expect(finding.remedy).toMatch(remedy);
  });

  it('for unregistered names the owner and the reason, and rules out the credentials', () => {
    const error = rpcError(RpcCode.NotFound, 'space not found', 'AgentManager/RegisterAgent');
    const { message, remedy, evidence } = theFinding({
      check: skewed(0),
      registration: { wanted: true, name: 'acme/shop/scan', error },
    });
    expect(message).toContain('The credentials work. The registration failed: ');
    expect(evidence).toContain(OWNER_MRN);
    expect(evidence).toContain('code = NotFound desc = space not found');
    expect(message).not.toContain('may exist');
    expect(remedy).toMatch(/space exists.*limit.*register: false/);
  });

  it.each<Failure>([
    { kind: 'rpc', status: { code: RpcCode.Unavailable, message: '' } },
    { kind: 'rpc', status: { code: RpcCode.DeadlineExceeded, message: '' } },
    { kind: 'response', httpStatus: 502, problem: 'is empty' },
    { kind: 'response', httpStatus: 504, problem: 'is empty' },
    { kind: 'response', httpStatus: 503, problem: 'is empty' },
    { kind: 'connection', phase: 'connect', reason: 'no connection' },
  ])('for a registration without a response does not blame the credentials: %j', (failure) => {
    const error = callError(failure, 'AgentManager/RegisterAgent');
    const { code, message } = theFinding({
      check: skewed(0),
      registration: { wanted: true, name: 'acme/shop/scan', error },
    });
    expect(code).toBe('unreachable');
    expect(message).toContain(
      error.mayHaveTakenEffect
        ? 'The credentials work. It is not known whether a client was registered.'
        : 'The credentials work. No client was registered.',
    );
    expect(message).not.toContain('could not be checked');
    expect(message.includes('A client named `acme/shop/scan` may exist')).toBe(error.mayHaveTakenEffect);
  });

  it.each<Failure>([
    { kind: 'connection', phase: 'headers', reason: 'no answer' },
    { kind: 'connection', phase: 'body', reason: 'cut' },
    { kind: 'response', httpStatus: 200, problem: 'does not name the client that was registered' },
  ])('for unregistered reports that a client may exist if the request may have arrived: %j', (failure) => {
    const { message, remedy } = theFinding({
      check: skewed(0),
      registration: { wanted: true, name: 'acme/shop/scan', error: callError(failure) },
    });
    expect(message).toMatch(/A client named `acme\/shop\/scan` may exist/);
    expect(remedy).toMatch(
      failure.kind === 'response' ? /give the request id to Mondoo support/ : /increase the input `timeout`/,
    );
  });

  it('for a busy proxy advises to run the job again, and for a login page does not', () => {
    const remedyOf = (httpStatus: number) => {
      const error = callError({ kind: 'response', httpStatus, problem: 'is a web page (HTML)' });
      return theFinding({ check: skewed(0, { ping: error }) }).remedy;
    };
    expect(remedyOf(503)).toMatch(/^Run the job again .* check whether a proxy/);
    expect(remedyOf(200)).toMatch(/^Check whether a proxy/);
  });

  it('for a registration that is rejected after an accepted ping reports exactly that', () => {
    const { code, message } = theFinding({
      check: skewed(0),
      registration: { wanted: true, name: 'x', error: unauthenticated },
    });
    expect(code).toBe('unauthenticated');
    expect(message).toMatch(/accepted a moment before\. They were revoked, or can't register clients/);
  });
});

describe('the gate', () => {
  const findings = findingsOf({
    check: skewed(90 * SECOND, { ping: unauthenticated, pingAtServerTime: unauthenticated }),
  });

  it.each<[string, boolean, FindingCode[]]>([
    ['both', false, ['unauthenticated', 'clock-skew']],
    ['the gravest', false, ['unauthenticated']],
    ['the lesser', false, ['clock-skew']],
    ['another', true, ['unreachable', 'unregistered']],
    ['none', true, []],
  ])('with two findings and %s of them in fail-on: passed %s', (_, passed, failOn) => {
    expect(judge(findings, new Set(failOn))).toMatchObject({ status: 'unauthenticated', passed });
  });
});
