import { describe, expect, it } from 'vitest';
import type { StatusCheck } from '../../src/platform/status-check.ts';
import {
  isAuthenticated,
  isRegistered,
  type Registration,
  type Result,
  targetOf,
  usableClient,
} from '../../src/status/result.ts';
import { ActionError } from '../../src/util/errors.ts';
import {
  account,
  CLIENT_MRN,
  health,
  OWNER_MRN,
  registrationToken,
  result,
  resultWithoutAccount,
  rpcError,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

describe('targetOf', () => {
  it('is that of the account, for any identity', () => {
    const minted = account({ apiEndpoint: 'https://eu.api.mondoo.com', ownerMrn: `${OWNER_MRN}-b` });
    expect(targetOf(result({ identity: WORKLOAD_IDENTITY, account: minted }))).toBe(minted);
  });

  it.each([
    ['a workload identity', WORKLOAD_IDENTITY],
    ['a registration token', registrationToken()],
  ])('is known of %s before there is an account', (_, identity) => {
    expect(targetOf(resultWithoutAccount(identity))).toMatchObject({
      apiEndpoint: 'https://us.api.mondoo.com',
      ownerMrn: OWNER_MRN,
    });
  });

  it('is nothing if no identity is known', () => {
    const { account: _, ...nothing } = result();
    expect(targetOf(nothing)).toBeUndefined();
  });
});

describe('isRegistered', () => {
  it.each<[string, boolean, Registration]>([
    ['a registration was requested and succeeded', true, { wanted: true, name: 'x', clientMrn: CLIENT_MRN }],
    ['no registration was requested', true, { wanted: false, name: 'x' }],
    ['the credentials name a client', true, { wanted: false, name: 'x', clientMrn: CLIENT_MRN }],
    ['a registration was requested and did not happen', false, { wanted: true, name: 'x' }],
    ['a registration failed', false, { wanted: true, name: 'x', error: rpcError(5) }],
  ])('if %s: %s', (_, registered, registration) => {
    expect(isRegistered(result({ registration, configPath: '/mondoo.yml' }))).toBe(registered);
  });

  it('is false for a new client without mondoo.yml, which later steps cannot use', () => {
    const registration = { wanted: true, name: 'x', clientMrn: CLIENT_MRN };
    expect(isRegistered(result({ registration }))).toBe(false);
  });

  it('is false after an error', () => {
    const error = new ActionError('runner-error', 'It was replaced.', 'Look.');
    expect(isRegistered(result({ registration: { wanted: false, name: 'x' }, error }))).toBe(false);
  });

  it('is false without a service account', () => {
    const { account: _, ...without } = result({ registration: { wanted: false, name: 'x' } });
    expect(isRegistered(without)).toBe(false);
    const registration = { wanted: true, name: 'x', clientMrn: CLIENT_MRN };
    expect(isRegistered(resultWithoutAccount(registrationToken(), { registration }))).toBe(false);
  });

  it('is true with revoked credentials, like in cnspec', () => {
    const check = { health: health(), skew: 0, ping: rpcError(16) };
    expect(isRegistered(result({ registration: { wanted: false, name: 'x' }, check }))).toBe(true);
  });
});

describe('usableClient', () => {
  const wanted: Registration = { wanted: true, name: 'x', clientMrn: CLIENT_MRN };
  const own: Registration = { wanted: false, name: 'x', clientMrn: CLIENT_MRN };
  const error = new ActionError('runner-error', 'It was replaced.', 'Look.');

  it.each<[string, Partial<Result>, string | undefined]>([
    [
      'a client that was registered, with mondoo.yml in its place',
      { registration: wanted, configPath: '/x' },
      CLIENT_MRN,
    ],
    ['a client that was registered, without mondoo.yml', { registration: wanted }, undefined],
    [
      'a client that was registered, and an error after that',
      { registration: wanted, configPath: '/x', error },
      undefined,
    ],
    ['a client that the credentials name', { registration: own }, CLIENT_MRN],
    ['a client that the credentials name, and an error', { registration: own, error }, CLIENT_MRN],
    ['no client', { registration: { wanted: false, name: 'x' }, configPath: '/x' }, undefined],
  ])('%s', (_, changes, client) => {
    expect(usableClient(result(changes))).toBe(client);
  });
});

describe('isAuthenticated', () => {
  it.each<[string, boolean, StatusCheck | undefined]>([
    ['the ping was accepted', true, { health: health(), ping: 'accepted' }],
    ['the ping was rejected', false, { health: health(), ping: rpcError(16) }],
    [
      "the ping was accepted only at the platform's time",
      false,
      { health: health(), ping: rpcError(16), pingAtServerTime: 'accepted' },
    ],
    ['nothing was sent', false, undefined],
  ])('if %s: %s', (_, authenticated, check) => {
    expect(isAuthenticated(result(check ? { check } : {}))).toBe(authenticated);
  });
});
