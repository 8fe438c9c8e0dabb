import { expect } from 'vitest';
import type { Step } from '../../../simulator/runner.ts';

const NAME = 'lunalectric/website/scan';

/** Fields that the platform never sends, each with what would be masked in the credentials of a workflow. */
export const OTHER_SECRETS = {
  api_proxy: 'http://u:e@h',
  jwtToken: 'eyJhbGciOi.lunalectric-website.scan',
  note: `-----BEGIN PRIVATE KEY-----\n${`${NAME}\n`.repeat(1000)}`,
};

/** Expects the masks of a key, of the file that it is in, and of a token, and nothing that people need to read. */
export function expectFewMasks({ masks, outputs }: Step): void {
  expect(masks.length).toBeLessThan(200);
  const { api_proxy, jwtToken } = OTHER_SECRETS;
  const words = [NAME, api_proxy, jwtToken, '//agents.api.mondoo.app/0', ...Object.values(outputs)];
  for (const mask of masks) {
    expect(mask.length).toBeGreaterThanOrEqual(16);
    expect(words.filter((word) => word.includes(mask))).toEqual([]);
  }
}
