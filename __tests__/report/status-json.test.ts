import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StatusCheck } from '../../src/platform/status-check.ts';
import { statusJson } from '../../src/report/outputs.ts';
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

function jsonOf(given: Result): unknown {
  return JSON.parse(
    JSON.stringify(statusJson(given, verdictOn(given, { failOn: new Set(FINDINGS), maxClockSkew: 30_000 }))),
  );
}

type Json = Record<string, unknown>;

/** The output of a real `cnspec status -o json`. */
function reference(name: string): Json {
  return JSON.parse(readFileSync(new URL(`../../simulator/reference/${name}.json`, import.meta.url), 'utf8'));
}

/** Paths that aren't filled, because the step doesn't describe the runner further. */
const NOT_FILLED = ['title', 'family', 'technology_url_segments', 'labels', 'metadata'].map(
  (key) => `client.platform.${key}`,
);

/** Paths that only cnspec can fill. */
const ONLY_CNSPEC_KNOWS = [
  ...NOT_FILLED,
  ...['version', 'latest_version', 'build', 'updatesUrl', 'providersUrl'].map((key) => `client.${key}`),
];

/** Each value by its path; an empty object is a value. */
function leaves(value: unknown, path: string[] = []): [string, unknown][] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMap ? Object.entries(value) : [];
  if (entries.length === 0) return [[path.join('.'), value]];
  return entries.flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function known(json: Json, not = ONLY_CNSPEC_KNOWS): [string, unknown][] {
  return leaves(json)
    .filter(([path]) => !not.some((unknown) => path === unknown || path.startsWith(`${unknown}.`)))
    .sort(([a], [b]) => a.localeCompare(b));
}

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

const refused = callError({ kind: 'connection', phase: 'connect', reason: 'refused' });

const SITUATIONS: [string, Result][] = [
  ['registered', situation('healthy', 43185, { health: health(), skew: 0, ping: 'accepted' })],
  ['unauthenticated', situation('revoked', 43185, { health: health(), skew: 0, ping: rpcError(16) })],
  ['permission-denied', situation('viewer', 43185, { health: health(), skew: 0, ping: rpcError(7) })],
  [
    'clock-skew',
    situation('healthy', 46685, {
      health: health({ time: new Date(NOW.getTime() + THREE_DAYS) }),
      skew: THREE_DAYS - 430.1498,
      ping: 'accepted',
    }),
  ],
  ['unreachable', situation('healthy', 9, { health: refused, ping: refused })],
];

describe('statusJson', () => {
  it.each(SITUATIONS)('has the keys and values of a real cnspec status -o json: %s', (name, given) => {
    expect(known(jsonOf(given) as Json)).toEqual(known(reference(name)));
  });

  it.each(SITUATIONS)('has all fields about cnspec if it was run too: %s', (name, given) => {
    const json = jsonOf({ ...given, cnspec: { answer: cnspecAnswer() } }) as Json;
    expect(known(json, NOT_FILLED)).toEqual(known(reference(name), NOT_FILLED));
  });

  it("passes on cnspec's warnings", () => {
    const cnspec = { answer: cnspecAnswer({ warnings: ['the round trip took 6s'] }) };
    expect(jsonOf(result({ cnspec }))).toHaveProperty('upstream.warnings', ['the round trip took 6s']);
  });

  it('has no version of a cnspec that was not run', () => {
    expect(jsonOf(result({ cnspec: { version: '13.0.0', latestVersion: '13.0.0' } }))).toEqual(
      jsonOf(result()),
    );
  });

  it('matches cnspec without an account, except for the endpoint that it would guess', () => {
    const { account: _, ...nothing } = result();
    const { client, upstream } = reference('unregistered');
    expect(known(jsonOf(nothing) as Json)).toEqual(
      known({ client, upstream: { ...(upstream as Json), api: {} } }),
    );
  });

  it('matches cnspec without an account if a run is skipped', () => {
    const { account: _, ...nothing } = result();
    const error = new ActionError('skipped', 'There are none.', 'Nothing.');
    expect(jsonOf({ ...nothing, error })).toEqual(jsonOf(nothing));
  });

  it('names platform and owner before there is an account, and no failed ping', () => {
    const check: StatusCheck = { health: health(), skew: 0 };
    const { host, ...nothing } = resultWithoutAccount(registrationToken(), { check });
    expect(jsonOf({ host, ...nothing })).toEqual({
      client: { timestamp: '2026-11-24T22:59:43Z', ...host, parentMrn: OWNER_MRN },
      upstream: {
        api: {
          endpoint: 'https://us.api.mondoo.com',
          status: 'SERVING',
          timestamp: '2026-11-24T22:59:43Z',
          version: '13',
        },
      },
    });
    const exchangeError = rpcError(16, 'no trust', 'SecureTokenService/ExchangeExternalToken');
    expect(jsonOf(resultWithoutAccount(WORKLOAD_IDENTITY, { exchangeError }))).toEqual({
      client: { timestamp: '2026-11-24T22:59:43Z', ...host, parentMrn: OWNER_MRN },
      upstream: { api: { endpoint: 'https://us.api.mondoo.com' } },
    });
  });

  it('reports that there is no managed client', () => {
    const registration = { wanted: false, name: 'x' };
    expect(jsonOf(result({ registration }))).toMatchObject({
      client: { mrn: 'no managed client', registered: true },
    });
  });

  it('omits registered if a registration did not happen', () => {
    expect(jsonOf(result())).not.toHaveProperty('client.registered');
  });

  it('omits values that the platform did not report', () => {
    const { time: _, apiVersion: __, ...silent } = health({ status: 'UNKNOWN' });
    const json = jsonOf(result({ check: { health: silent, ping: 'accepted' } }));
    expect(json).toHaveProperty('upstream.api', { endpoint: 'https://us.api.mondoo.com', status: 'UNKNOWN' });
    expect(json).not.toHaveProperty('client.pingPongError');
  });
});
