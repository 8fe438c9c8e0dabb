import { describe, expect, it } from 'vitest';
import { isMrn, MRN_SHAPE, type MrnKind, ownerOf, spaceId } from '../../src/util/mrn.ts';
import { CLIENT_MRN, OWNER_MRN, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';

const EXAMPLES: [MrnKind, string][] = [
  ['service account', SERVICE_ACCOUNT_MRN],
  [
    'service account',
    '//agents.api.mondoo.app/organizations/lunalectric/serviceaccounts/2bMtksUk9EjrI5MC3tTf6UmhNC2',
  ],
  ['client', CLIENT_MRN],
  ['client', '//agents.api.mondoo.app/organizations/o/agents/1'],
  ['owner', OWNER_MRN],
  ['owner', '//captain.api.mondoo.app/organizations/a_b.c-1'],
];

describe('isMrn', () => {
  it.each(EXAMPLES)('accepts as a %s: %s', (kind, mrn) => {
    expect(isMrn(kind, mrn)).toBe(true);
  });

  it.each(EXAMPLES)('accepts as no other kind than %s: %s', (kind, mrn) => {
    const others = (Object.keys(MRN_SHAPE) as MrnKind[]).filter((other) => other !== kind);
    expect(others.filter((other) => isMrn(other, mrn))).toEqual([]);
  });

  it.each([
    '',
    'captain.api.mondoo.app/spaces/x',
    'https://captain.api.mondoo.app/spaces/x',
    '//captain.api.mondoo.app/spaces/',
    '//captain.api.mondoo.app/spaces/x/',
    '//captain.api.mondoo.app/spaces/x/y',
    '//captain.api.mondoo.app/teams/x',
    '//captainXapi.mondoo.app/spaces/x',
    '//captain.api.mondoo.app/spaces/-x',
    '//captain.api.mondoo.app/spaces/x-',
    '//captain.api.mondoo.app/spaces/..',
    '//captain.api.mondoo.app/spaces/x y',
    '//captain.api.mondoo.app/spaces/x\n',
    ' //captain.api.mondoo.app/spaces/x',
    '//captain.api.mondoo.app/spaces/x::error',
    '//captain.api.mondoo.app/spaces/<id>',
    `//captain.api.mondoo.app/spaces/${'x'.repeat(129)}`,
  ])('is not an owner: %j', (text) => {
    expect(isMrn('owner', text)).toBe(false);
  });

  it('accepts ids of up to 128 characters', () => {
    expect(isMrn('owner', `//captain.api.mondoo.app/spaces/${'x'.repeat(128)}`)).toBe(true);
  });
});

describe('spaceId', () => {
  it('returns the id of a space', () => expect(spaceId(OWNER_MRN)).toBe('oracle-space'));

  it.each(['//captain.api.mondoo.app/organizations/x', SERVICE_ACCOUNT_MRN])(
    'returns nothing for %s',
    (mrn) => {
      expect(spaceId(mrn)).toBeUndefined();
    },
  );
});

describe('ownerOf', () => {
  it.each([
    [SERVICE_ACCOUNT_MRN, OWNER_MRN],
    [CLIENT_MRN, OWNER_MRN],
    ['//agents.api.mondoo.app/organizations/x/serviceaccounts/1', '//captain.api.mondoo.app/organizations/x'],
  ])('of %s is %s', (mrn, owner) => {
    expect(ownerOf(mrn)).toBe(owner);
    expect(isMrn('owner', owner)).toBe(true);
  });

  it('returns nothing for an MRN that is neither service account nor client', () => {
    expect(ownerOf(OWNER_MRN)).toBeUndefined();
    expect(ownerOf(`${CLIENT_MRN}/x`)).toBeUndefined();
  });
});
