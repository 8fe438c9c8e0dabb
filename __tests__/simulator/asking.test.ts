import { test as base, expect } from 'vitest';
import { askPlatform } from '../../simulator/asking.ts';
import { type Platform, startPlatform } from '../../simulator/platform.ts';

const test = base.extend<{ platform: Platform }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  platform: async ({}, use) => {
    const platform = await startPlatform();
    await use(platform);
    await platform.close();
  },
});

const API = { status: 'SERVING', timestamp: expect.stringMatching(/Z$/), version: '13' };

test('an account that is known is accepted; all is asked by protobuf', async ({ platform }) => {
  expect(await askPlatform(await platform.mint())).toEqual({
    accepted: true,
    api: API,
    skewWarning: undefined,
  });
  const asked = platform.requests.map(({ method, headers }) => [method, headers['content-type']]);
  expect(asked).toEqual([
    ['Health/Check', 'application/protobuf'],
    ['AgentManager/PingPong', 'application/protobuf'],
  ]);
});

test('a revoked account is not', async ({ platform }) => {
  const account = await platform.mint();
  platform.revoke(account.mrn);
  expect(await askPlatform(account)).toEqual({ accepted: false, api: API, skewWarning: undefined });
});

test('a clock that the platform still takes is warned of', async ({ platform }) => {
  platform.clock.offsetMs = 45_000;
  expect(await askPlatform(await platform.mint())).toMatchObject({
    accepted: true,
    skewWarning: expect.stringMatching(/^possible clock skew detected: 4[45](\.\d+)?s$/),
  });
});

test('a clock that it does not take is a refusal, too', async ({ platform }) => {
  platform.clock.offsetMs = -72 * 3_600_000;
  expect(await askPlatform(await platform.mint())).toMatchObject({
    accepted: false,
    skewWarning: expect.stringMatching(/^possible clock skew detected: -72h0m\d/),
  });
});

test('a health check that fails leaves its part out', async ({ platform }) => {
  platform.fault('Health/Check', { kind: 'error', code: 14, message: 'no' });
  expect(await askPlatform(await platform.mint())).toEqual({
    accepted: true,
    api: {},
    skewWarning: undefined,
  });
});
