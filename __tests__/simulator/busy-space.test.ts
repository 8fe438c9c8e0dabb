import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepBusy } from '../../simulator/busy-space.ts';
import { type Platform, startPlatform } from '../../simulator/platform.ts';
import { authorize } from '../../simulator/request-token.ts';

let platform: Platform;

beforeEach(async () => {
  platform = await startPlatform();
});
afterEach(() => platform.close());

async function register(name: string): Promise<Response> {
  const credentials = await platform.mint();
  const body = JSON.stringify({ name });
  return fetch(`${platform.endpoint}/AgentManager/RegisterAgent`, {
    method: 'POST',
    headers: {
      authorization: await authorize(credentials, body, new Date()),
      'content-type': 'application/json',
    },
    body,
  });
}

async function check(): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${platform.endpoint}/Health/Check`, { method: 'POST', headers, body: '{}' });
}

it('aborts what overlaps with a registration, and takes the next one when that is done', async () => {
  keepBusy(platform, { workMs: 500 });
  const answers = await Promise.all(['a', 'b', 'c'].map(register));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  const aborted = answers.find(({ status }) => status === 409)!;
  expect(await aborted.json()).toMatchObject({ code: 10 });
  await sleep(100);
  expect((await register('d')).status).toBe(200);
  expect(platform.clients).toHaveLength(2);
});

it('refuses what is too much within a second, of any method, and says when to come again', async () => {
  keepBusy(platform, { perSecond: 2 });
  expect([(await check()).status, (await check()).status]).toEqual([200, 200]);
  const refused = await register('a');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  await sleep(1050);
  expect((await register('a')).status).toBe(200);
});
