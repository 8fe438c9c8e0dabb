import { describe, expect, it } from 'vitest';
import type { IdTokenClaims } from '../../src/credentials/external-account.ts';
import type { Identity } from '../../src/credentials/identity.ts';
import { type CallError, type Failure, RpcCode } from '../../src/platform/call-error.ts';
import type { Finding } from '../../src/status/finding.ts';
import { findingsIn } from '../../src/status/findings.ts';
import type { FindingCode } from '../../src/util/errors.ts';
import {
  callError,
  health,
  ISSUER,
  OWNER_MRN,
  REQUEST_ID,
  result,
  resultWithoutAccount,
  rpcError,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';
const GITHUB = 'GitHub/IdToken';

const ID_TOKEN: IdTokenClaims = {
  issuer: ISSUER,
  audience: OWNER_MRN,
  subject: 'repo:acme@100000/shop@100001:ref:refs/heads/main',
  repository: 'acme/shop',
  ref: 'refs/heads/main',
  environment: '',
  job_workflow_ref: 'acme/shop/.github/workflows/scan.yml@refs/heads/main',
};

/** Returns the only finding if there is no service account, or fails the test. */
function findingWith(
  exchangeError: CallError,
  idToken = ID_TOKEN,
  identity: Identity = WORKLOAD_IDENTITY,
): Finding {
  const known = exchangeError.method === GITHUB ? {} : { idToken };
  const findings = findingsIn(resultWithoutAccount(identity, { exchangeError, ...known }), 30_000);
  expect(findings).toHaveLength(1);
  expect(findings[0]!.message + findings[0]!.remedy + (findings[0]!.evidence ?? '')).not.toMatch(
    /undefined|\[object|\n/,
  );
  return findings[0]!;
}

function refusal(code: number, message = 'in its own words'): CallError {
  return callError({ kind: 'rpc', status: { code, message } }, EXCHANGE);
}

/** Failures that do not involve the token. */
const FAILURES: [string, Failure][] = [
  ...[200, 302, 401, 403, 404, 500, 503].map((httpStatus): [string, Failure] => [
    `HTTP ${httpStatus}`,
    { kind: 'response', httpStatus, problem: 'is a web page (HTML), as a proxy or a firewall sends it' },
  ]),
  ['no credentials', { kind: 'response', httpStatus: 200, problem: 'holds no credentials' }],
  ['no connection', { kind: 'connection', phase: 'connect', reason: 'x refuses connections (ECONNREFUSED)' }],
  ['a certificate', { kind: 'connection', phase: 'connect', reason: 'it has expired', permanent: true }],
  ['no response', { kind: 'connection', phase: 'headers', reason: 'connected, but no answer within 30s' }],
  ['a truncated response', { kind: 'connection', phase: 'body', reason: 'the answer began but did not end' }],
];

describe('the exchange', () => {
  const BUSY: number[] = [
    RpcCode.Unavailable,
    RpcCode.DeadlineExceeded,
    RpcCode.ResourceExhausted,
    RpcCode.Aborted,
  ];

  it.each(
    [...Object.entries(RpcCode), ['Code(99)', 99] as const].map(
      ([name, code]) => [name, BUSY.includes(code) ? 'unreachable' : 'unauthenticated', code] as const,
    ),
  )('that fails with %s is %s', (_, finding: FindingCode, code) => {
    expect(findingWith(refusal(code)).code).toBe(finding);
  });

  it.each(FAILURES)('without a valid response is unreachable: %s', (_, failure) => {
    const { code, message, evidence } = findingWith(callError(failure, EXCHANGE));
    expect(code).toBe('unreachable');
    expect(message).toMatch(/^The request to `https:\/\/us\.api\.mondoo\.com` failed: /);
    expect(evidence).toContain(`(request id ${REQUEST_ID})`);
    expect(message).toMatch(/ The ID token could not be exchanged for a service account\.$/);
    expect(message).not.toContain('The credentials could not be checked');
  });

  it.each([RpcCode.Unauthenticated, RpcCode.PermissionDenied, 3])(
    'that is rejected with code %i reports the claims of the token, and what to compare',
    (code) => {
      const error = refusal(code, 'no trust for this issuer');
      const { message, remedy, evidence, claims } = findingWith(error);
      expect(message).toBe(
        'Mondoo Platform (`https://us.api.mondoo.com`) does not trust the ID token of this run.',
      );
      expect(claims).toEqual(ID_TOKEN);
      expect(evidence).toBe(`${EXCHANGE} failed with "${error.message}" (request id ${REQUEST_ID})`);
      expect(evidence).toContain('desc = no trust for this issuer"');
      expect(remedy).toMatch(/Compare .* Mondoo Console \(Settings → Workload Identity\)\. .* subject/);
    },
  );

  it.each([2, 5, 6, 9, 12, 13])('that fails with code %i does not blame the token', (code) => {
    const error = refusal(code, 'method not defined');
    const { message, remedy, evidence, claims } = findingWith(error);
    expect(claims).toEqual(ID_TOKEN);
    expect(message).toBe(
      'Mondoo Platform (`https://us.api.mondoo.com`) did not exchange the ID token for a service account. The response does not blame the token.',
    );
    expect(evidence).toBe(`${EXCHANGE} failed with "${error.message}" (request id ${REQUEST_ID})`);
    expect(remedy).toContain(`that \`${OWNER_MRN}\` still exists`);
  });

  it('that is rejected is reported with the endpoint of the request', () => {
    const account = { ...WORKLOAD_IDENTITY.account, apiEndpoint: 'https://mondoo.example.org' };
    const identity = { ...WORKLOAD_IDENTITY, account };
    for (const error of [refusal(RpcCode.Unauthenticated), refusal(RpcCode.Unavailable)]) {
      expect(findingWith(error, ID_TOKEN, identity).message).toContain('`https://mondoo.example.org`');
    }
  });
});

describe('an account from a token exchange', () => {
  it.each([RpcCode.Unauthenticated, RpcCode.PermissionDenied])(
    'that is rejected with code %i requires a fix of the workload identity, not a new secret',
    (code) => {
      const check = { health: health(), skew: 0, ping: rpcError(code) };
      const [finding] = findingsIn(result({ identity: WORKLOAD_IDENTITY, check }), 30_000);
      expect(finding!.remedy).toMatch(/Mondoo Console \(Settings → Workload Identity\), check the provider/);
      expect(finding!.remedy).not.toMatch(/Long-Lived|the secret|Use a service account/);
      expect(finding!.message).not.toMatch(/deleted or revoked/);
    },
  );
});

describe('a missing ID token from GitHub', () => {
  it.each([
    ...FAILURES,
    ...Object.entries(RpcCode).map(([name, code]): [string, Failure] => [
      name,
      { kind: 'rpc', status: { code, message: 'in its own words' } },
    ]),
  ])('is unreachable, without blaming Mondoo: %s', (_, failure) => {
    const error = callError(failure, GITHUB);
    const { code, message, remedy } = findingWith(error);
    expect(code).toBe('unreachable');
    expect(message).toBe(
      `Mondoo Platform was not asked for a service account, because the CI gave this run no ID token: ${error.message}.`,
    );
    expect(remedy).toMatch(/the status page of the CI.*can reach the CI: DNS, firewall, .*HTTPS_PROXY/);
  });
});
