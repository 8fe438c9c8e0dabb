import { describe, expect, it } from 'vitest';
import { outputs, withdrawn } from '../../src/report/outputs.ts';
import type { Result } from '../../src/status/result.ts';
import { verdictOn } from '../../src/status/verdict.ts';
import { ActionError, FINDINGS, type FindingCode } from '../../src/util/errors.ts';
import {
  account,
  CLIENT_MRN,
  health,
  NOW,
  OWNER_MRN,
  registrationToken,
  result,
  resultWithoutAccount,
  rpcError,
  SERVICE_ACCOUNT_MRN,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

function outputsOf(given: Result, failOn: readonly FindingCode[] = FINDINGS) {
  return outputs(given, verdictOn(given, { failOn: new Set(failOn), maxClockSkew: 30_000 }));
}

describe('outputs', () => {
  it('contain the known versions of cnspec', () => {
    expect(outputsOf(result({ cnspec: { version: '13.0.0', latestVersion: '13.36.0' } }))).toMatchObject({
      'cnspec-version': '13.0.0',
      'latest-version': '13.36.0',
    });
    const { 'cnspec-version': version, 'latest-version': latest } = outputsOf(result({ cnspec: {} }));
    expect([version, latest]).toEqual([undefined, undefined]);
  });

  it('contain everything known after a success', () => {
    const { 'status-json': json, ...rest } = outputsOf(
      result({
        registration: { wanted: true, name: 'x', clientMrn: CLIENT_MRN },
        check: { health: health(), skew: -1500, ping: 'accepted' },
        configPath: '/home/runner/mondoo.yml',
      }),
    );
    expect(rest).toEqual({
      status: 'ok',
      findings: '',
      registered: 'true',
      authenticated: 'true',
      'config-path': '/home/runner/mondoo.yml',
      'client-mrn': CLIENT_MRN,
      'service-account-mrn': SERVICE_ACCOUNT_MRN,
      'owner-mrn': OWNER_MRN,
      'space-id': 'oracle-space',
      'api-endpoint': 'https://us.api.mondoo.com',
      'api-status': 'SERVING',
      'api-time': '2026-11-24T22:59:43Z',
      'api-version': '13',
      'clock-skew': '-1.5s',
      'clock-skew-seconds': '-1.5',
    });
    expect(JSON.parse(json!)).toHaveProperty('client.service_account', SERVICE_ACCOUNT_MRN);
  });

  it('contain everything known after a failure, including the error', () => {
    const named = outputsOf(
      result({
        check: {
          health: health({ time: new Date(NOW.getTime() + 90_000) }),
          skew: 90_000,
          ping: rpcError(16),
          pingAtServerTime: rpcError(16),
        },
      }),
    );
    expect(named).toMatchObject({
      status: 'unauthenticated',
      findings: 'unauthenticated,clock-skew',
      registered: 'false',
      authenticated: 'false',
      'clock-skew': '1m30s',
      'clock-skew-seconds': '90',
      error: expect.stringMatching(
        /^Mondoo Platform rejected the credentials\. The service account was .* Fix: .* Evidence: Service account `\/\/agents/,
      ),
    });
    expect(named).not.toHaveProperty('config-path');
    expect(named).not.toHaveProperty('client-mrn');
  });

  it('contain little if the work never began', () => {
    const { account: _, ...nothing } = result({
      error: new ActionError('missing-credentials', 'There are none.', 'Store some.'),
    });
    expect(Object.keys(outputsOf(nothing)).sort()).toEqual([
      'authenticated',
      'error',
      'findings',
      'registered',
      'status',
      'status-json',
    ]);
  });

  it('contain no error if a run is skipped, and no value that was not determined', () => {
    const { account: _, ...nothing } = result({
      error: new ActionError('skipped', 'There are none.', 'Nothing.'),
    });
    const withoutSkipped = FINDINGS.filter((finding) => finding !== 'skipped');
    const { 'status-json': json, ...rest } = outputsOf(nothing, withoutSkipped);
    expect(rest).toEqual({
      status: 'skipped',
      findings: 'skipped',
      registered: 'false',
      authenticated: 'false',
    });
    expect(JSON.parse(json!)).not.toHaveProperty('client.registered');
  });

  it('contain platform and owner, but no account, if the token exchange failed', () => {
    const exchangeError = rpcError(16, 'no trust', 'SecureTokenService/ExchangeExternalToken');
    const { 'status-json': _, ...rest } = outputsOf(
      resultWithoutAccount(WORKLOAD_IDENTITY, { exchangeError }),
    );
    expect(rest).toEqual({
      status: 'unauthenticated',
      findings: 'unauthenticated',
      registered: 'false',
      authenticated: 'false',
      'owner-mrn': OWNER_MRN,
      'space-id': 'oracle-space',
      'api-endpoint': 'https://us.api.mondoo.com',
      error: expect.stringContaining('does not trust the ID token of this run'),
    });
  });

  it('contain health and clock, and no authentication, if a token did not register', () => {
    const error = rpcError(16, 'unknown token', 'AgentManager/RegisterAgent');
    const named = outputsOf(
      resultWithoutAccount(registrationToken(), {
        check: { health: health(), skew: 0 },
        registration: { wanted: true, name: 'x', error },
      }),
    );
    expect(named).toMatchObject({
      status: 'unauthenticated',
      registered: 'false',
      authenticated: 'false',
      'owner-mrn': OWNER_MRN,
      'api-status': 'SERVING',
      'clock-skew': '0s',
    });
    for (const name of ['client-mrn', 'service-account-mrn', 'config-path']) {
      expect(named).not.toHaveProperty(name);
    }
  });

  it('contain no health if the health check failed', () => {
    const named = outputsOf(result({ check: { health: rpcError(14), ping: rpcError(14) } }));
    for (const name of ['api-status', 'api-time', 'api-version', 'clock-skew', 'clock-skew-seconds']) {
      expect(named).not.toHaveProperty(name);
    }
  });

  it('contain no space if the owner is an organization', () => {
    const named = outputsOf(
      result({ account: account({ ownerMrn: '//captain.api.mondoo.app/organizations/x' }) }),
    );
    expect(named['owner-mrn']).toBe('//captain.api.mondoo.app/organizations/x');
    expect(named).not.toHaveProperty('space-id');
  });

  it('contain no error if the gate passed in spite of findings', () => {
    const named = outputsOf(
      result({ check: { health: health(), skew: 45_000, ping: 'accepted' }, configPath: '/mondoo.yml' }),
      [],
    );
    expect(named).toMatchObject({
      status: 'clock-skew',
      findings: 'clock-skew',
      'config-path': '/mondoo.yml',
    });
    expect(named).not.toHaveProperty('error');
  });

  it('contain the error in one line of limited length', () => {
    const error = new ActionError('invalid-input', `::error::\r\n${'x'.repeat(5000)}`, 'y');
    const { error: line } = outputsOf(result({ error }));
    expect(line).toMatch(/^Invalid input\. ::error:: x+…$/);
    expect(line!.length).toBeLessThanOrEqual(2001);
  });
});

describe('withdrawn', () => {
  it('replaces outputs that are no longer true if the result cannot be reported', () => {
    const error = new ActionError('runner-error', `No space.\r\n${'x'.repeat(5000)}`, 'Make room.');
    const { error: line, ...rest } = withdrawn(error);
    expect(rest).toEqual({
      status: 'runner-error',
      findings: 'runner-error',
      registered: 'false',
      'config-path': '',
      'client-mrn': '',
      'status-json': '',
    });
    expect(line).toMatch(/^Problem on the runner\. No space\. x+…$/);
  });
});
