import { expect, it } from 'vitest';
import { annotationText } from '../../src/report/annotation.ts';
import { findingsIn } from '../../src/status/findings.ts';
import { FINDINGS } from '../../src/util/errors.ts';
import { health, NOW, result, rpcError } from '../fixtures.ts';

const skew = 90_000;
const check = { health: health({ time: new Date(NOW.getTime() + skew) }), skew };

it('does not call a skew too large for max-clock-skew that is within it', () => {
  const given = result({ check: { ...check, ping: rpcError(16), pingAtServerTime: rpcError(7) } });
  const clock = findingsIn(given, 120_000).find(({ code }) => code === 'clock-skew')!;
  expect(clock.message).not.toContain('max-clock-skew');
});

it('does not say that the credentials could not be checked when the ping was accepted', () => {
  const given = result({ check: { health: rpcError(14, 'busy', 'Health/Check'), ping: 'accepted' } });
  expect(findingsIn(given, 30_000)[0]!.message).not.toContain('The credentials could not be checked');
});

it('fits into an annotation', () => {
  const long = FINDINGS.map((code) => ({ code, message: 'x'.repeat(5000), remedy: 'y'.repeat(5000) }));
  expect(annotationText(long, {}).length).toBeLessThanOrEqual(4096);
});
