import { describe, expect, it } from 'vitest';
import { type Expected, requireAgreement, requireVersion } from '../../src/cnspec/agreement.ts';
import type { CnspecAnswer } from '../../src/cnspec/cnspec.ts';
import { cnspecAnswer, failureOf, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';

const ENDPOINT = 'https://eu.api.mondoo.com';
const expected: Expected = { serviceAccount: SERVICE_ACCOUNT_MRN, endpoint: ENDPOINT, authenticated: true };

const answer = (changes: Partial<CnspecAnswer> = {}) => cnspecAnswer({ endpoint: ENDPOINT, ...changes });

describe('requireAgreement', () => {
  it.each([
    ['both see the same', {}, {}],
    ['a slash at the end of the endpoint is no difference', { endpoint: `${ENDPOINT}/` }, {}],
    ['the platform refuses both', { authenticated: false }, { authenticated: false }],
    ['the platform gave this step no answer', { authenticated: false }, { authenticated: undefined }],
    [
      'an old cnspec says nothing, as the platform refuses it',
      { authenticated: false, silent: true, serviceAccount: undefined, endpoint: undefined },
      { authenticated: false },
    ],
  ])('is content where %s', (_, changes, other) => {
    expect(() => requireAgreement(answer(changes), { ...expected, ...other })).not.toThrow();
  });

  const other = SERVICE_ACCOUNT_MRN.replace('healthy', 'other');
  it.each<[string, Partial<CnspecAnswer>, Partial<Expected>, string, string]>([
    ['is not registered', { registered: false }, {}, 'it is not registered', 'it is registered'],
    [
      'has another account',
      { serviceAccount: other },
      {},
      `its service account is ${other}`,
      `its service account is ${SERVICE_ACCOUNT_MRN}`,
    ],
    [
      'has an account that is none',
      { serviceAccount: 'a secret ::error::' },
      {},
      'its service account is none that can be read',
      SERVICE_ACCOUNT_MRN,
    ],
    ['has no account', { serviceAccount: undefined }, {}, 'none that can be read', SERVICE_ACCOUNT_MRN],
    [
      'goes elsewhere',
      { endpoint: 'https://us.api.mondoo.com' },
      {},
      'its endpoint is https://us.api.mondoo.com',
      `its endpoint is ${ENDPOINT}`,
    ],
    [
      'goes where no URL leads',
      { endpoint: 'https://stella:pa55@x.example' },
      {},
      'its endpoint is none that can be read',
      ENDPOINT,
    ],
    [
      'is refused',
      { authenticated: false },
      {},
      'the platform does not accept it',
      'the platform accepts it',
    ],
    [
      'is accepted where this step is not',
      {},
      { authenticated: false },
      'the platform accepts it',
      'the platform does not accept it',
    ],
  ])('tells what both saw where cnspec %s', (_, changes, differently, cnspec, step) => {
    const error = failureOf(() => requireAgreement(answer(changes), { ...expected, ...differently }), 'pa55');
    expect(error.code).toBe('cnspec-failed');
    const [says, found] = error.message.split('; this step found that ');
    expect(says).toContain('cnspec 13.0.0 and this step do not agree');
    expect(says).toContain(cnspec);
    expect(found).toContain(step);
  });

  it('tells of all differences at once', () => {
    const error = failureOf(() =>
      requireAgreement(answer({ serviceAccount: other, endpoint: 'x' }), expected),
    );
    expect(error.message).toMatch(/its service account is .*, its endpoint is none/);
  });
});

describe('requireVersion', () => {
  it.each(['13.0.0', 'v13.0.0', '13.0.0+build.7'])('takes %s for 13.0.0', (version) => {
    expect(() => requireVersion(answer({ version }), '13.0.0')).not.toThrow();
  });

  it.each([
    ['12.11.0', 'it is 12.11.0'],
    [undefined, 'it is of no version'],
  ])('does not take %s for it', (version, told) => {
    const error = failureOf(() => requireVersion(answer({ version }), '13.0.0'));
    expect(error.message).toBe(`cnspec 13.0.0 was installed, but the program says that ${told}.`);
  });
});
