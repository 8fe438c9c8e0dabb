import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StatusCheck } from '../../src/platform/status-check.ts';
import { statusLines } from '../../src/report/log.ts';
import type { Result } from '../../src/status/result.ts';
import { verdictOn } from '../../src/status/verdict.ts';
import { ActionError, FINDINGS } from '../../src/util/errors.ts';
import {
  account,
  CLIENT_MRN,
  callError,
  cnspecAnswer,
  health,
  NOW,
  OWNER_MRN,
  registrationToken,
  result,
  resultWithoutAccount,
  rpcError,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

const THREE_DAYS = 3 * 86_400_000;
// The skew that the reference run measured: not exactly three days.
const SKEW = THREE_DAYS - 384.592583;

function linesOf(given: Result): string[] {
  return statusLines(given, verdictOn(given, { failOn: new Set(FINDINGS), maxClockSkew: 30_000 }));
}

/**
 * The lines of a real `cnspec status` with white space folded, without lines that only cnspec can know.
 * cnspec adds its file name and a link to the failed ping: of that line only the error is compared.
 */
function referenceLines(name: string, unknown = ONLY_CNSPEC_KNOWS): string[] {
  const text = readFileSync(new URL(`../../simulator/reference/${name}.txt`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '' && !unknown.test(line))
    .map(withoutItsOwnWords);
}

const ONLY_CNSPEC_KNOWS =
  /configuration|^→ Version: .*API Version|^→ (?:Latest Version|Updates URL|Providers URL|Installed Providers):|API versions do not match/;

/** The text before a ping error in each of the two, and their words for a failed connection. */
function withoutItsOwnWords(line: string): string {
  return line
    .replace(/^x The Mondoo Platform credentials .*? error=/, 'x could not connect to mondoo platform error=')
    .replace(
      /error="failed to do request: Post \\"http:\/\/([^/]+)\/.*refused"$/,
      'error="$1 refuses connections (ECONNREFUSED)"',
    );
}

/** The situation of a reference run. Its service accounts are named after it. */
function situation(name: string, port: number, check: StatusCheck): Result {
  return result({
    account: account({
      mrn: `//agents.api.mondoo.app/spaces/oracle-space/serviceaccounts/${name}`,
      apiEndpoint: `http://127.0.0.1:${port}`,
    }),
    registration: { wanted: false, name: 'x', clientMrn: CLIENT_MRN },
    check,
  });
}

const unauthenticated = rpcError(16, 'request permission unauthenticated');
const refused = {
  kind: 'connection',
  phase: 'connect',
  reason: '127.0.0.1:9 refuses connections (ECONNREFUSED)',
} as const;

const SITUATIONS: [string, Result][] = [
  ['registered', situation('healthy', 43185, { health: health(), skew: 0, ping: 'accepted' })],
  ['unauthenticated', situation('revoked', 43185, { health: health(), skew: 0, ping: unauthenticated })],
  [
    'permission-denied',
    situation('viewer', 43185, { health: health(), skew: 0, ping: rpcError(7, 'request permission denied') }),
  ],
  [
    'clock-skew',
    situation('healthy', 46685, {
      health: health({ time: new Date(NOW.getTime() + THREE_DAYS) }),
      skew: SKEW,
      ping: 'accepted',
    }),
  ],
  [
    'unreachable',
    situation('healthy', 9, { health: callError(refused, 'Health/Check'), ping: callError(refused) }),
  ],
];

describe('statusLines', () => {
  it.each(SITUATIONS)('match a real cnspec status in order and words: %s', (name, given) => {
    expect(linesOf(given)).toEqual(referenceLines(name));
  });

  it.each(SITUATIONS)('match all lines if cnspec was run too: %s', (name, given) => {
    // cnspec lists its providers in a different order each time.
    const all = referenceLines(name, /configuration|API versions do not match/);
    const providers =
      all
        .find((line) => line.includes('Providers: '))
        ?.replace(/.*: /, '')
        .split(' | ') ?? [];
    const cnspec = { version: '13.0.0', answer: cnspecAnswer(), providers };
    expect(linesOf({ ...given, cnspec })).toEqual(all);
  });

  it('show an installed cnspec that was not run', () => {
    const lines = linesOf(result({ cnspec: { version: '13.35.2', latestVersion: '13.36.0' } }));
    const from = lines.findIndex((line) => line.startsWith('→ Time'));
    expect(lines.slice(from + 1, from + 4)).toEqual([
      '→ Version: 13.35.2 (API Version: 13)',
      '→ Latest Version: 13.36.0',
      '→ API ConnectionConfig: https://us.api.mondoo.com',
    ]);
  });

  it("pass on cnspec's warnings, and its warning about the clock only if there is no other", () => {
    const warnings = ['possible clock skew detected: 31s', 'the round trip took 6s'];
    const cnspec = { answer: cnspecAnswer({ warnings }) };
    const check: StatusCheck = { health: health(), skew: 45_000, ping: 'accepted' };
    expect(linesOf(result({ cnspec, check })).slice(-2)).toEqual([
      '! the round trip took 6s',
      '! possible clock skew detected: 45s',
    ]);
    const { skew: _, ...unmeasured } = check;
    expect(linesOf(result({ cnspec, check: unmeasured })).slice(-2)).toEqual(
      warnings.map((warning) => `! ${warning}`),
    );
  });

  it('match cnspec without an account, except for the US endpoint that it would guess', () => {
    const { account: _, check: __, ...nothing } = result();
    const reference = referenceLines('unregistered').filter((line) => !/^→ API/.test(line));
    expect(linesOf(nothing)).toEqual(reference);
  });

  it('say that there is no managed client, and that cnspec still counts as registered', () => {
    const check: StatusCheck = { health: health(), skew: 0, ping: 'accepted' };
    const lines = linesOf(result({ registration: { wanted: false, name: 'x' }, check }));
    expect(lines).toContain('→ Client: no managed client');
    expect(lines.slice(-2)).toEqual([
      '→ client is registered (a service account is configured; cnspec counts that as registered)',
      '→ client authenticated successfully',
    ]);
  });

  it('report a registration that failed', () => {
    const check: StatusCheck = { health: health(), skew: 0, ping: 'accepted' };
    const error = rpcError(5, 'space not found', 'AgentManager/RegisterAgent');
    const lines = linesOf(result({ registration: { wanted: true, name: 'x', error }, check }));
    expect(lines.slice(-3)).toEqual([
      'x client is not registered',
      'x could not register the client error="rpc error: code = NotFound desc = space not found"',
      '→ client authenticated successfully',
    ]);
  });

  it('match cnspec without an account if a run is skipped', () => {
    const { account: _, ...nothing } = result();
    const error = new ActionError('skipped', 'There are none.', 'Nothing.');
    const lines = linesOf({ ...nothing, error });
    // Not checked: a red line would look like a failure.
    expect(lines).toEqual(linesOf(nothing).filter((line) => line !== 'x client is not registered'));
    expect(linesOf(nothing)).toContain('x client is not registered');
  });

  it('name platform and owner, but no account, if the token exchange failed', () => {
    const exchangeError = rpcError(16, 'no trust', 'SecureTokenService/ExchangeExternalToken');
    const lines = linesOf(resultWithoutAccount(WORKLOAD_IDENTITY, { exchangeError }));
    expect(lines.slice(-4)).toEqual([
      '→ API ConnectionConfig: https://us.api.mondoo.com',
      `→ Owner: ${OWNER_MRN}`,
      'x client is not registered',
      'x could not exchange the ID token error="rpc error: code = Unauthenticated desc = no trust"',
    ]);
  });

  it("report the platform's health, and no ping, if a token did not register", () => {
    const error = rpcError(16, 'unknown token', 'AgentManager/RegisterAgent');
    const given = resultWithoutAccount(registrationToken(), {
      check: { health: health(), skew: 0 },
      registration: { wanted: true, name: 'x', error },
    });
    expect(linesOf(given).slice(-7)).toEqual([
      '→ API ConnectionConfig: https://us.api.mondoo.com',
      '→ API Status: SERVING',
      '→ API Time: 2026-11-24T22:59:43Z',
      '→ API Version: 13',
      `→ Owner: ${OWNER_MRN}`,
      'x client is not registered',
      'x could not register the client error="rpc error: code = Unauthenticated desc = unknown token"',
    ]);
  });

  it('leave values empty that the platform did not report', () => {
    const { time: _, apiVersion: __, ...silent } = health();
    const lines = linesOf(result({ check: { health: silent, ping: 'accepted' } }));
    expect(lines).toEqual(expect.arrayContaining(['→ API Status: SERVING', '→ API Time:', '→ API Version:']));
  });

  it('warn of a skew only if it is a finding', () => {
    const within = linesOf(result({ check: { health: health(), skew: 20_000, ping: 'accepted' } }));
    expect(within.join('\n')).not.toContain('clock skew');
    const beyond = linesOf(result({ check: { health: health(), skew: -45_000, ping: 'accepted' } }));
    expect(beyond.at(-1)).toBe('! possible clock skew detected: -45s');
  });

  it('are each one line of plain text, for any texts of the platform and the runner', () => {
    const hostile = '\r\n::set-output name=x::y ##[error]\u2028z';
    const lines = linesOf(
      result({
        host: { platform: { name: hostile, version: hostile, arch: '' }, ip: hostile, hostname: hostile },
        check: { health: rpcError(2, hostile), ping: rpcError(16, hostile) },
        registration: { wanted: true, name: hostile, error: rpcError(5, hostile) },
      }),
    );
    for (const line of lines) {
      expect(line).not.toMatch(/[\u0000-\u001f\u2028]|##\[|^\s*::/);
    }
    const exchangeError = rpcError(16, hostile, 'SecureTokenService/ExchangeExternalToken');
    for (const line of linesOf(resultWithoutAccount(WORKLOAD_IDENTITY, { exchangeError }))) {
      expect(line).not.toMatch(/[\u0000-\u001f\u2028]|##\[|^\s*::/);
    }
  });
});
