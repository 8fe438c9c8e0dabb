import { test as base, describe, expect } from 'vitest';
import { type Platform, startPlatform } from '../../simulator/platform.ts';
import { authorize } from '../../simulator/request-token.ts';

const REGISTER = 'AgentManager/RegisterAgent';
const UNAUTHENTICATED = { code: 16, message: 'request permission unauthenticated' };

const test = base.extend<{ platform: Platform }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern
  platform: async ({}, use) => {
    const platform = await startPlatform();
    await use(platform);
    await platform.close();
  },
});

async function call(platform: Platform, method: string, bearer: string, body: object) {
  const response = await fetch(`${platform.endpoint}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** Registers as cnspec does: with the token as the proof and in the body. */
function register(platform: Platform, token: string, inBody: unknown = token) {
  return call(platform, REGISTER, token, { token: inBody, name: 'acme/shop/scan', agent_info: {} });
}

test('a registration token registers a client and creates a working service account', async ({
  platform,
}) => {
  const response = await register(platform, await platform.issueRegistrationToken());
  const credential = response.credential as Record<string, string>;
  expect(Object.keys(credential)).toEqual([
    'mrn',
    'parent_mrn',
    'private_key',
    'certificate',
    'api_endpoint',
    'scope_mrn',
  ]);
  expect(platform.clients).toEqual([
    expect.objectContaining({ mrn: response.agent_mrn, serviceAccount: credential.mrn }),
  ]);
  expect(platform.serviceAccounts).toEqual([credential.mrn]);
  expect(platform.secrets).toContain(credential.private_key);
  expect(platform.requests[0]).toMatchObject({ token: 'a registration token', serviceAccount: undefined });

  const signed = async (method: string, body: object) => {
    const account = credential as { mrn: string; private_key: string };
    const authorization = await authorize(account, JSON.stringify(body), new Date());
    return call(platform, method, authorization.replace('Bearer ', ''), body);
  };
  expect(await signed('AgentManager/PingPong', {})).toEqual({});
  await signed('AgentManager/UnRegisterAgent', { mrn: response.agent_mrn });
  expect(platform.clients).toEqual([]);
  expect(platform.serviceAccounts).toEqual([]);
});

describe('a registration token is rejected', () => {
  test.for(['AgentManager/PingPong', 'AgentManager/UnRegisterAgent'])(
    'for %s',
    async (method, { platform }) => {
      const token = await platform.issueRegistrationToken();
      expect(await call(platform, method, token, {})).toEqual(UNAUTHENTICATED);
    },
  );

  test.for<[string, (platform: Platform) => Promise<[token: string, inBody: unknown]>, string]>([
    [
      'from its expiry on',
      async (platform) => {
        const token = await platform.issueRegistrationToken({ expiresAt: new Date() });
        return [token, token];
      },
      'expired',
    ],
    [
      'after it was revoked',
      async (platform) => {
        const token = await platform.issueRegistrationToken();
        platform.revoke(token);
        return [token, token];
      },
      'revoked token',
    ],
    [
      'if the body has another token',
      async (platform) => [await platform.issueRegistrationToken(), 'another'],
      'another token in the body',
    ],
    [
      'if another platform issued it',
      async () => {
        const other = await startPlatform();
        const token = await other.issueRegistrationToken();
        await other.close();
        return [token, token];
      },
      'bad signature',
    ],
  ])('%s', async ([, prepare, refusal], { platform }) => {
    const [token, inBody] = await prepare(platform);
    expect(await register(platform, token, inBody)).toEqual(UNAUTHENTICATED);
    expect(platform.requests.at(-1)).toMatchObject({ refusal, token: 'a registration token' });
    expect(platform.clients).toEqual([]);
    expect(platform.serviceAccounts).toEqual([]);
  });
});
