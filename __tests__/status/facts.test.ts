import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/platform/observe.ts';
import { isAuthenticated, isRegistered, type Registration } from '../../src/status/facts.ts';
import { CLIENT_MRN, facts, health, rpcError } from '../fixtures.ts';

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
