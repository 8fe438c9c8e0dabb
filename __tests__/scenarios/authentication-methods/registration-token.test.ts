import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SignJWT } from 'jose';
import { describe, expect } from 'vitest';
import { createLatch } from '../../../simulator/latch.ts';
import type { Platform } from '../../../simulator/platform.ts';
import { until } from '../../../simulator/until.ts';
import type { CleanupManifest } from '../../../src/config/manifest.ts';
import { type Ran, type Stage, test } from '../stage.ts';
import { expectFewMasks, OTHER_SECRETS } from './masks.ts';

const HEALTH = 'Health/Check';
const PING = 'AgentManager/PingPong';
const REGISTER = 'AgentManager/RegisterAgent';
const UNREGISTER = 'AgentManager/UnRegisterAgent';

const NAME = 'lunalectric/website/scan';
const CLIENT = '//agents.api.mondoo.app/spaces/lunalectric-website/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';

const ANOTHER = '//captain.api.mondoo.app/spaces/another';

/** The response of RegisterAgent to a registration token. */
interface Minted {
  agent_mrn: string;
  credential: Record<string, string>;
}

/** Runs the step with a registration token instead of credentials. */
async function runWith(
  stage: Stage,
  token: string,
  inputs: Record<string, string> = {},
  options: Parameters<Stage['run']>[1] = {},
): Promise<Ran> {
  return stage.run({ credentials: '', 'registration-token': token, ...inputs }, options);
}

function asked({ requests }: Platform): string[] {
  return requests.map(({ method }) => method);
}

/** Expects that a platform has only the service account that every stage starts with. */
function expectNothingLeft({ platform, credentials }: Stage): void {
  expect(platform.clients).toEqual([]);
  expect(platform.serviceAccounts).toEqual([credentials.mrn]);
}

/** A well-formed token that the platform did not sign. */
async function selfMade(claims: Record<string, unknown>, exp: Date | undefined = undefined): Promise<string> {
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' });
  if (exp) token.setExpirationTime(exp);
  return token.sign(Buffer.alloc(32, 1));
}

describe.concurrent('a registration token', () => {
  test('registers a client whose account is saved before its first use, and is gone after post', async ({
    stage,
  }) => {
    const { platform } = stage;
    const step = await runWith(stage, await platform.issueRegistrationToken());
    expect(step.outputs, step.log).toMatchObject({
      status: 'ok',
      registered: 'true',
      authenticated: 'true',
      'client-mrn': platform.clients[0]!.mrn,
      'owner-mrn': '//captain.api.mondoo.app/spaces/lunalectric-website',
    });
    expect(platform.clients).toEqual([expect.objectContaining({ name: NAME })]);
    expect(asked(platform)).toEqual([HEALTH, REGISTER, PING]);
    const text = readFileSync(step.env.MONDOO_CONFIG_PATH!, 'utf8');
    expect(text).toContain(`agent_mrn: ${platform.clients[0]!.mrn}\n`);
    expect(text).toContain(`api_endpoint: ${platform.endpoint}\n`);

    const post = await step.job.runPost(step);
    expect(post.exitCode).toBe(0);
    expect(post.log).toMatch(/^Removed mondoo\.yml: .*\n→ unregistered the client /);
    expect(asked(platform).slice(3)).toEqual([UNREGISTER]);
    expect(existsSync(step.env.MONDOO_CONFIG_PATH!)).toBe(false);
    expectNothingLeft(stage);
  });

  test('is masked, and so is the key of the client', async ({ stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    const step = await runWith(stage, token);
    expect(step.masks).toContain(token);
    for (const line of stage.platform.secrets.at(-1)!.trim().split('\n')) expect(step.masks).toContain(line);
  });

  test('masks nothing else in the response', async ({ stage }) => {
    const change = (response: unknown) => {
      const { credential, ...rest } = response as Minted;
      return { ...rest, credential: { ...credential, ...OTHER_SECRETS } };
    };
    stage.platform.fault(REGISTER, { kind: 'changed', change });
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    expect(step.outputs.status, step.log).toBe('ok');
    expectFewMasks(step);
  });

  test('is masked even if another input is invalid', async ({ stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    const step = await runWith(stage, token, { timeout: 'soon' });
    expect(step.outputs.status).toBe('invalid-input');
    expect(step.masks).toContain(token);
  });

  test('names the client in the log before the registration', async ({ stage }) => {
    stage.platform.fault(REGISTER, { kind: 'hang' });
    const job = await stage.job();
    const kill = new AbortController();
    const inputs = { 'registration-token': await stage.platform.issueRegistrationToken() };
    const running = job.runMain({ inputs, kill: kill.signal });
    await until(() => stage.platform.count(REGISTER) === 1, running);
    kill.abort();
    const step = await running;
    expect(step.signal).toBe('SIGKILL');
    expect(step.log).toMatch(
      /→ registering the client `lunalectric\/website\/scan` with the registration token\. .* look for this client in the Mondoo Console\n$/,
    );
    const post = await job.runPost(step);
    expect(post.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringContaining(`has a client named \`${NAME}\` that no other job uses`),
      },
    ]);
  });

  test('uses the endpoint in the input', async ({ stage }) => {
    const token = await stage.platform.issueRegistrationToken({ endpoint: 'https://us.api.mondoo.com' });
    const step = await runWith(stage, token, { 'api-endpoint': stage.platform.endpoint });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'api-endpoint': stage.platform.endpoint });
    await step.job.runPost(step);
    expectNothingLeft(stage);
  });

  test('registers nothing if the health check already fails the gate', async ({ stage }) => {
    const { platform } = stage;
    platform.clock.offsetMs = 3 * 86_400_000;
    const step = await runWith(stage, await platform.issueRegistrationToken({ expiresAt: new Date(4e12) }));
    expect(step.outputs).toMatchObject({ status: 'clock-skew', registered: 'false' });
    expect(asked(platform)).toEqual([HEALTH]);
  });

  test('reports the name of the client after a lost response', async ({ stage }) => {
    stage.platform.fault(REGISTER, { kind: 'reset', when: 'after' });
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    expect(step.outputs.status).toBe('unregistered');
    expect(step.outputs.error).toContain(`A client named \`${NAME}\` may exist`);
    expect(stage.platform.count(REGISTER)).toBe(1);
  });

  test.for([
    [
      'holds no usable credentials',
      (key: string) => ({ agent_mrn: CLIENT, credential: { mrn: 'x', private_key: key } }),
      /the response .* names the client \/\/agents\S+ but holds credentials that cannot work.*A client named/,
    ],
    [
      'names no client',
      (key: string) => ({ agent_mrn: 'x', credential: { private_key: key } }),
      /the response .* does not name the client that was registered.*A client named/,
    ],
  ] as const)('whose response %s reports how to find the client', async ([, response, says], { stage }) => {
    const { private_key } = await stage.platform.mint();
    const body = JSON.stringify(response(private_key));
    stage.platform.fault(REGISTER, { kind: 'response', status: 200, body });
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    expect(step.outputs.status).toBe('unregistered');
    expect(step.outputs.error).toMatch(says);
    expect(step.annotations.at(-1)!.message).toMatch(/give the request id to Mondoo support/);
    expectFewMasks(step);
    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([]);
  });

  test.for([
    [
      'credentials for another space',
      (response: Minted) => ({ ...response, credential: { ...response.credential, scope_mrn: ANOTHER } }),
      /holds credentials for \S+\/spaces\/another, not for \S+\/spaces\/lunalectric-website/,
      undefined,
    ],
    [
      'an account whose own `mrn` is of another space',
      ({ credential, ...response }: Minted) => {
        const mrn = credential.mrn!.replace('lunalectric-website', 'another');
        return { ...response, credential: { ...credential, mrn } };
      },
      /holds credentials for \S+\/spaces\/another, not for \S+\/spaces\/lunalectric-website/,
      // Such an account can't unregister it.
      'lunalectric-website/agents/',
    ],
    [
      'a client in another space',
      (response: Minted) => ({ ...response, agent_mrn: CLIENT.replace('lunalectric-website', 'another') }),
      /names a client that is not in \S+\/spaces\/lunalectric-website/,
      'another/agents/',
    ],
  ] as const)(
    'whose response has %s is not used: its client is unregistered or named',
    async ([, change, says, named], { stage }) => {
      const { platform } = stage;
      platform.fault(REGISTER, { kind: 'changed', change: (response) => change(response as Minted) });
      const step = await runWith(stage, await platform.issueRegistrationToken());
      expect(step.outputs).toMatchObject({ status: 'unregistered', registered: 'false' });
      expect(step.outputs).not.toHaveProperty('client-mrn');
      expect(step.outputs['owner-mrn']).toBe('//captain.api.mondoo.app/spaces/lunalectric-website');
      expect(step.outputs.error).toMatch(says);
      expect(asked(platform)).toEqual([HEALTH, REGISTER, UNREGISTER]);
      const post = await step.job.runPost(step);
      if (named === undefined) expectNothingLeft(stage);
      else expect(post.annotations).toEqual([{ level: 'warning', message: expect.stringContaining(named) }]);
    },
  );

  test.for([
    [500, JSON.stringify({ code: 13, message: 'internal' })],
    [500, '<html>'],
    [408, ''],
    [524, '<html>'],
  ] as const)(
    'whose response is inconclusive reports how to find the client: %d %s',
    async ([status, body], { stage }) => {
      stage.platform.fault(REGISTER, { kind: 'response', status, body, acts: true });
      const step = await runWith(stage, await stage.platform.issueRegistrationToken());
      expect(step.outputs.status).toBe('unregistered');
      expect(step.outputs.error).toContain(`A client named \`${NAME}\` may exist`);
      expect(stage.platform.clients).toHaveLength(1);
    },
  );

  test('survives a deeply nested response, and names the client', async ({ stage }) => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = `{"agent_mrn":"${CLIENT}","credential":{"private_key":${nested}}}`;
    stage.platform.fault(REGISTER, { kind: 'response', status: 200, body });
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    expect(step.outputs.error, step.log).toContain(`names the client ${CLIENT}`);
  });

  // Within the workflow's tolerance, but beyond the platform's.
  test.for([150_000, -90_000])(
    'registers nothing if the clocks are %d ms apart, because the client could not be unregistered',
    async (offsetMs, { stage }) => {
      stage.platform.clock.offsetMs = offsetMs;
      for (const failOn of ['all', 'none']) {
        const token = await stage.platform.issueRegistrationToken();
        const step = await runWith(stage, token, { 'max-clock-skew': '5m', 'fail-on': failOn });
        expect(step.exitCode).toBe(failOn === 'all' ? 1 : 0);
        expect(step.outputs).toMatchObject({ status: 'clock-skew', registered: 'false' });
        expect(step.outputs).not.toHaveProperty('config-path');
        expect(`${step.outputs.error} ${step.annotations.at(-1)!.message}`).toMatch(
          /No client was registered, because the step could neither check nor unregister it/,
        );
      }
      expect(asked(stage.platform)).toEqual([HEALTH, HEALTH]);
    },
  );

  test('registers if both workflow and platform tolerate the skew', async ({ stage }) => {
    stage.platform.clock.offsetMs = 80_000;
    const token = await stage.platform.issueRegistrationToken();
    const step = await runWith(stage, token, { 'max-clock-skew': '5m' });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', registered: 'true' });
    await step.job.runPost(step);
    expectNothingLeft(stage);
  });
});

describe.concurrent('two uses of the action in one job', () => {
  test('each unregister their own client, including the first, whose mondoo.yml was replaced', async ({
    stage,
  }) => {
    const { platform } = stage;
    const job = await stage.job();
    const use = async () =>
      job.runMain({ inputs: { 'registration-token': await platform.issueRegistrationToken() } });
    const first = await use();
    const second = await use();
    expect([first.outputs.status, second.outputs.status]).toEqual(['ok', 'ok']);
    expect(platform.clients).toHaveLength(2);
    for (const step of [second, first]) {
      const post = await job.runPost(step);
      expect(post.annotations).toEqual([]);
      expect(post.log).toContain(`→ unregistered the client ${step.outputs['client-mrn']}`);
    }
    expectNothingLeft(stage);
    expect(existsSync(first.env.MONDOO_CONFIG_PATH!)).toBe(false);
    expect(existsSync(`${job.folders.temp}/_github_home`)).toBe(false);
  });

  test('keep the mondoo.yml of the first use if the second fails', async ({ stage }) => {
    const { platform } = stage;
    const job = await stage.job();
    const first = await job.runMain({ inputs: { credentials: JSON.stringify(stage.credentials) } });
    const configPath = first.env.MONDOO_CONFIG_PATH!;
    const before = readFileSync(configPath, 'utf8');
    platform.fault(PING, { kind: 'error', code: 7, message: 'request permission denied' });
    const second = await job.runMain({
      inputs: { 'registration-token': await platform.issueRegistrationToken() },
    });
    expect(second.outputs.status).toBe('permission-denied');
    expect(readFileSync(configPath, 'utf8')).toBe(before);
    expect(readdirSync(path.dirname(configPath))).toEqual(['mondoo.yml']);
  });
});

describe.concurrent('a client that this job minted is unregistered', () => {
  test('by main, before its key is removed, if the gate fails', async ({ stage }) => {
    const { platform } = stage;
    platform.fault(PING, { kind: 'error', code: 7, message: 'request permission denied' });
    const step = await runWith(stage, await platform.issueRegistrationToken());
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({ status: 'permission-denied', registered: 'false' });
    expect(step.outputs['client-mrn']).toBeUndefined();
    expect(asked(platform)).toEqual([HEALTH, REGISTER, PING, UNREGISTER]);
    expect(step.log).toMatch(/→ unregistered the client/);
    expect(step.annotations.at(-1)!.message).toMatch(/generate another token/);
    expectNothingLeft(stage);

    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([]);
    expect(platform.count(UNREGISTER)).toBe(1);
  });

  test('by main, if mondoo.yml cannot be moved into place', async ({ stage }) => {
    const { platform } = stage;
    const { opened, open } = createLatch();
    platform.fault(REGISTER, { kind: 'held', until: opened, acts: 'before' });
    const token = await platform.issueRegistrationToken();
    const job = await stage.job();
    const configPath = `${job.folders.temp}/_github_home/.config/mondoo/mondoo.yml`;
    const running = job.runMain({ inputs: { 'registration-token': token } });
    await until(() => platform.count(REGISTER) === 1, running);
    writeFileSync(configPath, 'somebody: else\n');
    open();
    const step = await running;
    expect(step.outputs.status, step.log).toBe('runner-error');
    expectNothingLeft(stage);
    expect(readFileSync(configPath, 'utf8')).toBe('somebody: else\n');
  });

  test('by main with a separate time limit, if the step timed out', async ({ stage }) => {
    stage.platform.fault(PING, { kind: 'hang' });
    const step = await runWith(stage, await stage.platform.issueRegistrationToken(), { timeout: '6s' });
    expect(step.outputs).toMatchObject({ status: 'unreachable', registered: 'false' });
    expectNothingLeft(stage);
  });

  test('by post, if main was killed after mondoo.yml was written', async ({ stage }) => {
    const { platform } = stage;
    platform.fault(PING, { kind: 'hang' });
    const token = await platform.issueRegistrationToken();
    const kill = new AbortController();
    const job = await stage.job();
    const running = job.runMain({ inputs: { 'registration-token': token }, kill: kill.signal });
    await until(() => platform.count(PING) === 1, running);
    kill.abort();
    const step = await running;
    expect(step.signal).toBe('SIGKILL');
    expect(platform.clients).toHaveLength(1);

    const post = await job.runPost(step);
    expect(post.log).toMatch(
      /→ unregistered the client .*\n(?:Removed a temporary copy of mondoo\.yml: .*\n)?Removed the key file of the client: /,
    );
    expectNothingLeft(stage);
    expect(existsSync(`${job.folders.temp}/_github_home`)).toBe(false);
  });

  test('by post from its state only: inputs and environment may have changed', async ({ stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    await step.job.runPost(step, {
      inputs: { 'registration-token': '', 'api-endpoint': 'https://us.api.mondoo.com' },
      env: { MONDOO_CONFIG_PATH: '/nowhere' },
    });
    expectNothingLeft(stage);
  });

  test('by post with as many retries as needed', async ({ stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    stage.platform.fault(UNREGISTER, [{ kind: 'error', code: 14, message: 'busy' }]);
    await step.job.runPost(step);
    expect(stage.platform.count(UNREGISTER)).toBe(2);
    expectNothingLeft(stage);
  });

  test('by post, even if one attempt hangs', async ({ stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    stage.platform.fault(UNREGISTER, [{ kind: 'hang' }]);
    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([]);
    expect(stage.platform.count(UNREGISTER)).toBe(2);
    expectNothingLeft(stage);
  });

  test('by post, if main failed to', async ({ stage }) => {
    const { platform } = stage;
    platform.fault(PING, { kind: 'error', code: 7, message: 'request permission denied' });
    platform.fault(UNREGISTER, [{ kind: 'error', code: 13, message: 'internal' }]);
    const step = await runWith(stage, await platform.issueRegistrationToken());
    expect(step.outputs).toMatchObject({ status: 'permission-denied', registered: 'false' });
    expect(step.outputs).not.toHaveProperty('client-mrn');
    expect(step.outputs).not.toHaveProperty('config-path');
    expect(step.log).toMatch(
      /could not be unregistered: .*The cleanup after the job retries, and removes its key/,
    );
    expect(existsSync(`${step.job.folders.temp}/_github_home/.config/mondoo/mondoo.yml`)).toBe(false);

    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([]);
    expectNothingLeft(stage);
    expect(existsSync(`${step.job.folders.temp}/_github_home`)).toBe(false);
  });

  test.for([
    [16, 'request permission unauthenticated'],
    [5, 'agent not found'],
  ] as const)(
    'or reported as possibly unregistered, if the platform does not know it: %s',
    async ([code, message], { stage }) => {
      const step = await runWith(stage, await stage.platform.issueRegistrationToken());
      stage.platform.fault(UNREGISTER, { kind: 'error', code, message });
      const post = await step.job.runPost(step);
      expect(post.annotations).toEqual([
        {
          level: 'warning',
          message: expect.stringMatching(/could not be unregistered: .*\. The client may already be gone/),
        },
      ]);
    },
  );

  test('or named in a warning if main was killed before it saved the key', async ({ stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    const { keyFile } = JSON.parse(step.state.cleanup!) as CleanupManifest;
    writeFileSync(keyFile!, '\n'.repeat(1000));
    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringMatching(/the step ended before it saved the key/),
      },
    ]);
  });

  test.for([
    ['names another client', (text: string) => text.replace(/(\/agents\/)\w+/, '$1another')],
    ['is cut off', (text: string) => text.slice(0, text.length / 2)],
  ] as const)('or named in a warning if its key file %s: nothing is sent', async ([, change], { stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    const { keyFile } = JSON.parse(step.state.cleanup!) as CleanupManifest;
    const before = readFileSync(keyFile!, 'utf8');
    writeFileSync(keyFile!, change(before));
    expect(readFileSync(keyFile!, 'utf8')).not.toBe(before);
    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([
      { level: 'warning', message: expect.stringMatching(/its key file was changed/) },
    ]);
    expect(stage.platform.count(UNREGISTER)).toBe(0);
  });

  test('or named in a warning if the platform rejects the request; its key is still removed', async ({
    stage,
  }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    stage.platform.fault(UNREGISTER, { kind: 'error', code: 13, message: 'internal' });
    const post = await step.job.runPost(step);
    expect(post.exitCode).toBe(0);
    expect(post.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringMatching(
          /The client `\/\/agents.*\/agents\/\w+`.* could not be unregistered: rpc error: code = Internal/,
        ),
      },
    ]);
    expect(existsSync(step.outputs['config-path']!)).toBe(false);
  });

  test('after mondoo.yml was removed, so that no key of the job remains during the request', async ({
    stage,
  }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    const { opened, open } = createLatch();
    stage.platform.fault(UNREGISTER, [{ kind: 'held', until: opened, acts: 'before' }]);
    const post = step.job.runPost(step);
    await until(() => stage.platform.count(UNREGISTER) > 0, post);
    expect(existsSync(step.outputs['config-path']!)).toBe(false);
    open();
    await post;
    expectNothingLeft(stage);
  });

  test('or named in a warning within ten seconds if nothing responds', async ({ stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    stage.platform.fault(UNREGISTER, { kind: 'hang' });
    const post = await step.job.runPost(step);
    expect(post.exitCode).toBe(0);
    expect(post.annotations.map(({ level }) => level)).toEqual(['warning']);
    expect(existsSync(step.outputs['config-path']!)).toBe(false);
  });

  test('by post with its key file, even if mondoo.yml was changed', async ({ stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    const configPath = step.outputs['config-path']!;
    writeFileSync(configPath, 'mrn: theirs\napi_proxy: http://collector.example.org\n');
    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([]);
    expect(post.log).toContain('mondoo.yml was not removed');
    expectNothingLeft(stage);
    expect(readdirSync(path.dirname(configPath))).toEqual(['mondoo.yml']);
  });

  test('or named in a warning if no file of the step remains', async ({ stage }) => {
    const step = await runWith(stage, await stage.platform.issueRegistrationToken());
    rmSync(path.dirname(step.outputs['config-path']!), { recursive: true });
    const post = await step.job.runPost(step);
    expect(post.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringContaining('its key file is missing or unreadable'),
      },
    ]);
    expect(stage.platform.count(UNREGISTER)).toBe(0);
  });
});

test('a client that was registered with credentials is never unregistered, for any result of the job', async ({
  stage,
}) => {
  const passed = await stage.run();
  await passed.job.runPost(passed);
  stage.platform.fault(REGISTER, [{ kind: 'error', code: 9, message: 'limit' }]);
  const failed = await stage.run();
  await failed.job.runPost(failed);
  expect([passed.outputs.status, failed.outputs.status]).toEqual(['ok', 'unregistered']);
  expect(stage.platform.count(UNREGISTER)).toBe(0);
  expect(stage.platform.clients).toHaveLength(1);
});

describe.concurrent('a registration token is rejected offline', () => {
  const SPACE = '//captain.api.mondoo.app/spaces/lunalectric-website';

  test.for([
    [
      'that is not a JWT',
      async () => 'Zx81-Qy27-Mn55-Lp09-Wv13',
      /isn't a registration token. A registration token is a JWT: three parts/,
    ],
    [
      'that is credentials JSON',
      async ({ credentials }: Stage) => JSON.stringify(credentials),
      /holds JSON, not a registration token/,
    ],
    [
      'that has expired',
      ({ platform }: Stage) =>
        platform.issueRegistrationToken({ expiresAt: new Date('2026-01-02T03:04:05Z') }),
      /The registration token expired at 2026-01-02T03:04:05\.000Z\. The runner's clock says \d{4}-/,
    ],
    [
      'without a space',
      () => selfMade({ api_endpoint: 'https://us.api.mondoo.com' }),
      /The claim `space` .* is missing/,
    ],
    ['with an invalid space', () => selfMade({ space: 'x' }), /isn't the MRN of a space/],
    [
      'for another host',
      () => selfMade({ space: SPACE, api_endpoint: 'https://collector.example.org' }),
      /names `collector\.example\.org`, which isn't a host of mondoo\.com/,
    ],
    [
      'for plain http',
      () => selfMade({ space: SPACE, api_endpoint: 'http://us.api.mondoo.com' }),
      /is plain http/,
    ],
  ] as const)('%s', async ([, make, says], { stage }) => {
    const token = await make(stage);
    stage.alsoSecret([token]);
    const step = await runWith(stage, token);
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({ status: 'invalid-credentials', registered: 'false' });
    expect(step.outputs.error).toMatch(says);
    expect(stage.platform.requests).toEqual([]);
  });

  test.for([
    ['together with credentials', {}, /`registration-token` is set, and so is `credentials`/],
    [
      'with register: false',
      { credentials: '', register: 'false' },
      /`registration-token` contradicts `register: false`/,
    ],
  ] as const)('%s, as an invalid input', async ([, inputs, says], { stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    const step = await stage.run({ 'registration-token': token, ...inputs });
    expect(step.outputs.status).toBe('invalid-input');
    expect(step.outputs.error).toMatch(says);
    expect(stage.platform.requests).toEqual([]);
  });
});

describe.concurrent('a registration token is rejected by the platform', () => {
  test('that was revoked: expiry is ruled out', async ({ stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    stage.platform.revoke(token);
    const step = await runWith(stage, token);
    expect(step.outputs).toMatchObject({ status: 'unauthenticated', registered: 'false' });
    expect(step.outputs.error).toMatch(
      /The registration token was revoked, or .* Its age is not the cause\. .*"rpc error: code = Unauthenticated/,
    );
    expect(step.annotations.at(-1)!.message).toMatch(
      /Generate a new registration token in the Mondoo Console/,
    );
  });

  test("that has expired by the platform's clock: the health check proves it", async ({ stage }) => {
    stage.platform.clock.offsetMs = 110_000;
    const token = await stage.platform.issueRegistrationToken({ expiresAt: new Date(Date.now() + 40_000) });
    const step = await runWith(stage, token, { 'max-clock-skew': '5m' });
    expect(step.outputs.status).toBe('unauthenticated');
    expect(step.outputs.error).toMatch(
      /has expired by the platform's clock\. .* Evidence: The token expires at .*, platform time /,
    );
  });
});
