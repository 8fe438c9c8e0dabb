import { describe, expect, it } from 'vitest';
import { type Failure, RpcCode } from '../../src/platform/call-error.ts';
import type { StatusCheck } from '../../src/platform/status-check.ts';
import type { Finding } from '../../src/status/finding.ts';
import { findingsIn } from '../../src/status/findings.ts';
import type { FindingCode } from '../../src/util/errors.ts';
import {
  callError,
  health,
  NOW,
  OWNER_MRN,
  REQUEST_ID,
  registrationToken,
  resultWithoutAccount,
  rpcError,
} from '../fixtures.ts';

/** Registrations with a token; those with credentials are in findings.test.ts. */
const REGISTER = 'AgentManager/RegisterAgent';

const SOON = new Date(NOW.getTime() + 60_000);
const JUST_NOW = new Date(NOW.getTime() - 60_000);

interface Circumstances {
  /** The expiry of the token. */
  expiresAt: Date | undefined;
  check: StatusCheck;
  retryAfter: number | undefined;
  /** The local time of the rejection. */
  failedAt: Date;
}

/** Returns the finding for a rejected, unexpired token, with a platform whose clock shows NOW. */
function findingWith(failure: Failure, changes: Partial<Circumstances> = {}): Finding {
  const circumstances: Circumstances = {
    expiresAt: SOON,
    check: { health: health(), skew: 0 },
    retryAfter: undefined,
    failedAt: NOW,
    ...changes,
  };
  const { expiresAt, check, retryAfter, failedAt } = circumstances;
  const error = callError(failure, REGISTER, retryAfter);
  const registration = { wanted: true, name: 'acme/shop/scan', error, failedAt };
  const result = resultWithoutAccount(registrationToken(expiresAt), { check, registration });
  const findings = findingsIn(result, 30_000).filter(({ evidence }) => evidence?.includes(REGISTER));
  expect(findings).toHaveLength(1);
  expect(findings[0]!.message + findings[0]!.remedy + findings[0]!.evidence).not.toMatch(
    /undefined|\[object|\n/,
  );
  return findings[0]!;
}

function refused(code: number, message = 'request permission refused'): Failure {
  return { kind: 'rpc', status: { code, message } };
}

describe('a rejected registration token', () => {
  it.each<[FindingCode, number, string, denied: string]>([
    ['unauthenticated', RpcCode.Unauthenticated, 'Unauthenticated', ''],
    [
      'permission-denied',
      RpcCode.PermissionDenied,
      'PermissionDenied',
      "isn't allowed to register clients, ",
    ],
  ])('is %s', (finding, code, name, denied) => {
    const { code: found, message, remedy, evidence } = findingWith(refused(code));
    expect(found).toBe(finding);
    expect(message).toBe(
      `The registration token ${denied}was revoked, or isn't for the region of \`https://us.api.mondoo.com\`. Its age is not the cause.`,
    );
    expect(evidence).toBe(
      `The token expires at 2026-11-24T23:00:43.000Z, platform time 2026-11-24T22:59:43.000Z; AgentManager/RegisterAgent failed with "rpc error: code = ${name} desc = request permission refused" (request id ${REQUEST_ID})`,
    );
    expect(remedy).toMatch(
      /Generate a new registration token in the Mondoo Console.*credentials or workload identity federation/,
    );
  });

  it.each([
    [new Date(NOW.getTime() + 1), 'Its age is not the cause\\.'],
    [NOW, "has expired by the platform's clock\\."],
    [JUST_NOW, "has expired by the platform's clock\\."],
  ])("has its expiry compared with the platform's clock: %j", (expiresAt, judgement) => {
    const { message, evidence } = findingWith(refused(RpcCode.Unauthenticated), { expiresAt });
    expect(evidence).toContain(`The token expires at ${expiresAt.toISOString()}, platform time `);
    expect(message).toMatch(new RegExp(` ${judgement}$`));
  });

  it("has expired by the platform's clock, regardless of the runner's", () => {
    const time = new Date(NOW.getTime() + 2 * 3_600_000);
    const check = { health: health({ time }), skew: 2 * 3_600_000 };
    const { message, evidence } = findingWith(refused(RpcCode.Unauthenticated), { check });
    expect(message).toBe("The registration token has expired by the platform's clock.");
    expect(evidence).toContain('platform time 2026-11-25T00:59:43.000Z;');
  });

  it('has expired if it did so between the health check and the rejection', () => {
    const failedAt = new Date(SOON.getTime() + 1000);
    const { message, evidence } = findingWith(refused(RpcCode.Unauthenticated), { failedAt });
    expect(message).toBe("The registration token has expired by the platform's clock.");
    expect(evidence).toContain('platform time 2026-11-24T23:00:44.000Z;');
  });

  const { time: _, ...withoutTime } = health();
  it.each<[string, Date | undefined, StatusCheck]>([
    ['the token has no expiry', undefined, { health: health(), skew: 0 }],
    ['the platform does not report its time', SOON, { health: withoutTime }],
    ['the health check failed', JUST_NOW, { health: rpcError(RpcCode.Unavailable, 'busy', 'Health/Check') }],
  ])('has an unknown state if %s', (_, expiresAt, check) => {
    const { code, message } = findingWith(refused(RpcCode.Unauthenticated), { expiresAt, check });
    expect(code).toBe('unauthenticated');
    expect(message).toMatch(/ Its age could not be checked\.$/);
  });

  it('is not reported as credentials', () => {
    for (const code of [RpcCode.Unauthenticated, RpcCode.PermissionDenied]) {
      const { message, remedy } = findingWith(refused(code));
      expect(message).not.toMatch(/these credentials|accepted a moment before|role/);
      expect(remedy).not.toMatch(/Long-Lived|role/);
    }
  });
});

describe('a registration with a token', () => {
  it.each([2, 13, 15])(
    'that has an unknown result is unregistered, and names a possible client: code %i',
    (code) => {
      const finding = findingWith(refused(code, 'internal'));
      expect(finding.code).toBe('unregistered');
      expect(finding.message).toMatch(/A client named `acme\/shop\/scan` may exist/);
    },
  );

  it.each([3, 5, 6, 8, 9])('that is rejected for another reason is unregistered: code %i', (code) => {
    const finding = findingWith(refused(code, 'space not found'));
    expect(finding.code).toBe('unregistered');
    expect(`${finding.message}; ${finding.evidence}`).toMatch(
      new RegExp(`^The registration failed: .*; Owner .*${OWNER_MRN}.; .*space not found`),
    );
    expect(finding.message).not.toMatch(/credentials|may exist/);
    expect(finding.remedy).toMatch(/space exists.*limit/);
    // A registration token can only register.
    expect(finding.remedy).not.toContain('register: false');
  });

  it.each<[string, Failure, number?]>([
    ['Aborted', refused(RpcCode.Aborted)],
    ['ResourceExhausted with a Retry-After', refused(RpcCode.ResourceExhausted), 1000],
    ['HTTP 503', { kind: 'response', httpStatus: 503, problem: 'is empty' }],
    ['no connection', { kind: 'connection', phase: 'connect', reason: 'x refuses connections' }],
  ])('that the platform did not process registered nothing: %s', (_, failure, retryAfter) => {
    const { code, message } = findingWith(failure, { retryAfter });
    expect(code).toBe('unreachable');
    expect(message).toMatch(/ No client was registered\.$/);
    expect(message).not.toMatch(/credentials work|may exist/);
  });

  it.each<[FindingCode, Failure]>([
    ['unreachable', refused(RpcCode.Unavailable)],
    ['unreachable', refused(RpcCode.DeadlineExceeded)],
    ['unreachable', { kind: 'response', httpStatus: 502, problem: 'is empty' }],
    ['unreachable', { kind: 'response', httpStatus: 504, problem: 'is empty' }],
    ['unregistered', { kind: 'connection', phase: 'headers', reason: 'no answer' }],
    ['unregistered', { kind: 'connection', phase: 'body', reason: 'cut' }],
    ['unregistered', { kind: 'response', httpStatus: 200, problem: 'holds no credentials for the client' }],
  ])('whose response was lost is %s and names the client to look for: %j', (finding, failure) => {
    const { code, message } = findingWith(failure);
    expect(code).toBe(finding);
    expect(message).toContain('A client named `acme/shop/scan` may exist.');
    expect(message.includes('It is not known whether a client was registered.')).toBe(
      finding === 'unreachable',
    );
    expect(message).not.toContain('credentials work');
  });
});
