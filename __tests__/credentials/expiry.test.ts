import { expect, it } from 'vitest';
import { validityWarning } from '../../src/credentials/service-account.ts';

const now = new Date('2026-11-01T00:00:00Z');
const noticeFor = (to: string) => validityWarning({ from: new Date(0), to: new Date(to) }, now);

it.each(['2026-12-01T00:00:00Z', '2036-11-01T00:00:00Z'])('does not warn of %s', (to) => {
  expect(noticeFor(to)).toBeUndefined();
});

it.each([
  [
    '2026-11-30T23:59:59Z',
    'expires on 2026-11-30T23:59:59.000Z, in 29 days. Mondoo Platform may reject expired credentials.',
  ],
  ['2026-11-02T00:00:00Z', 'expires on 2026-11-02T00:00:00.000Z, in 1 day. '],
  ['2026-11-01T00:00:00Z', 'expires on 2026-11-01T00:00:00.000Z, in less than a day. '],
  [
    '2026-10-31T00:00:00Z',
    'expired on 2026-10-31T00:00:00.000Z. Mondoo Platform may reject expired credentials. ',
  ],
])('warns of %s with the date and the fix', (to, says) => {
  expect(noticeFor(to)).toContain(says);
  expect(noticeFor(to)).toMatch(
    / Generate new credentials .* store them as the secret, then delete the old .*\.$/,
  );
});
