import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/platform/observe.ts';
import { isAuthenticated, isRegistered, type Registration, targetOf } from '../../src/status/facts.ts';
import {
  account,
  CLIENT_MRN,
  facts,
  factsBefore,
  health,
  OWNER_MRN,
  registrationToken,
  rpcError,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

describe('targetOf', () => {
  it('is the account’s, whatever the identity was', () => {
    const minted = account({ apiEndpoint: 'https://eu.api.mondoo.com', ownerMrn: `${OWNER_MRN}-b` });
    expect(targetOf(facts({ identity: WORKLOAD_IDENTITY, account: minted }))).toBe(minted);
  });

  it.each([
    ['a workload identity', WORKLOAD_IDENTITY],
    ['a registration token', registrationToken()],
  ])('is known of %s before there is an account', (_, identity) => {
    expect(targetOf(factsBefore(identity))).toMatchObject({
      apiEndpoint: 'https://us.api.mondoo.com',
      ownerMrn: OWNER_MRN,
    });
  });

  it('is nothing where nobody is known', () => {
    const { account: _, ...nothing } = facts();
    expect(targetOf(nothing)).toBeUndefined();
  });
});

describe('isRegistered', () => {
  it.each<[string, boolean, Registration]>([
    ['a registration was asked for and succeeded', true, { wanted: true, name: 'x', clientMrn: CLIENT_MRN }],
    ['none was asked for', true, { wanted: false, name: 'x' }],
    ['the credentials name a client', true, { wanted: false, name: 'x', clientMrn: CLIENT_MRN }],
    ['a registration was asked for and did not come about', false, { wanted: true, name: 'x' }],
    ['a registration failed', false, { wanted: true, name: 'x', error: rpcError(5) }],
  ])('where %s: %s', (_, registered, registration) => {
    expect(isRegistered(facts({ registration }))).toBe(registered);
  });

  it('never without a service account', () => {
    const { account: _, ...without } = facts({ registration: { wanted: false, name: 'x' } });
    expect(isRegistered(without)).toBe(false);
    const registration = { wanted: true, name: 'x', clientMrn: CLIENT_MRN };
    expect(isRegistered(factsBefore(registrationToken(), { registration }))).toBe(false);
  });

  it('also with revoked credentials, as cnspec counts it', () => {
    const observation = { health: health(), skew: 0, ping: rpcError(16) };
    expect(isRegistered(facts({ registration: { wanted: false, name: 'x' }, observation }))).toBe(true);
  });
});

describe('isAuthenticated', () => {
  it.each<[string, boolean, Observation | undefined]>([
    ['the ping was accepted', true, { health: health(), ping: 'accepted' }],
    ['the ping was refused', false, { health: health(), ping: rpcError(16) }],
    [
      'the ping was accepted only at the time of the platform',
      false,
      { health: health(), ping: rpcError(16), pingAtServerTime: 'accepted' },
    ],
    ['nothing was asked', false, undefined],
  ])('where %s: %s', (_, authenticated, observation) => {
    expect(isAuthenticated(facts(observation ? { observation } : {}))).toBe(authenticated);
  });
});
