import { describe, expect, it } from 'vitest';
import { type Documented, differences, type ReportedStatus } from '../../scripts/status-comparison.ts';

const SAID: ReportedStatus = {
  registered: 'yes',
  authenticated: 'yes',
  'clock skew': 'none',
  'service account': '//agents.api.mondoo.app/spaces/team/serviceaccounts/one',
  endpoint: 'http://127.0.0.1:4242',
};
const DOCUMENTED: Documented = { registered: 'yes', authenticated: 'yes', 'clock skew': 'none' };
const skew = (duration: string) => ({ 'clock skew': `possible clock skew detected: ${duration}` });

const found = (
  action: Partial<ReportedStatus>,
  cnspec: Partial<ReportedStatus>,
  documented: Partial<ReportedStatus> = {},
) =>
  differences({ ...DOCUMENTED, ...documented }, { ...SAID, ...action }, { ...SAID, ...cnspec }).map(
    ({ what }) => what,
  );

describe('the comparison of two statuses', () => {
  it('finds nothing if both report the documented status', () => {
    expect(found({}, {})).toEqual([]);
  });

  it.each<Partial<ReportedStatus>>([
    { registered: 'no' },
    { authenticated: 'no' },
    skew('31s'),
    { 'service account': 'none' },
    { endpoint: 'https://us.api.mondoo.com' },
  ])('finds a field in which the two differ: %j', (other) => {
    expect(found({}, other)).toEqual(Object.keys(other));
    expect(found(other, {})).toEqual(Object.keys(other));
  });

  it('prints both results', () => {
    expect(differences(DOCUMENTED, SAID, { ...SAID, authenticated: 'no', endpoint: 'none' })).toEqual([
      { what: 'authenticated', documented: 'yes', action: 'yes', cnspec: 'no' },
      { what: 'endpoint', documented: undefined, action: SAID.endpoint, cnspec: 'none' },
    ]);
  });

  it('finds a result that is the same in both, but differs from the documentation', () => {
    expect(found({ authenticated: 'no' }, { authenticated: 'no' })).toEqual(['authenticated']);
    expect(found({}, {}, skew('45s'))).toEqual(['clock skew']);
  });

  it('allows for time that passes in between', () => {
    expect(found(skew('44.1s'), skew('45.8s'), skew('45s'))).toEqual([]);
    expect(found(skew('44.1s'), skew('51s'), skew('45s'))).toEqual(['clock skew']);
    expect(found(skew('44.1s'), skew('-44.1s'), skew('45s'))).toEqual(['clock skew']);
    expect(found(skew('44.1s'), skew('soon'), skew('45s'))).toEqual(['clock skew']);
  });

  it('compares nothing else if cnspec is not registered', () => {
    const none: Partial<ReportedStatus> = {
      registered: 'no',
      authenticated: 'no',
      'service account': 'none',
    };
    expect(found({ registered: 'no' }, none, { registered: 'no' })).toEqual([]);
    expect(found({ registered: 'no' }, {}, { registered: 'no' })).toEqual(['registered']);
  });
});
