import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { DELETED_FORK_PULL_REQUEST, FORK_PULL_REQUEST } from '../../../simulator/events.ts';
import {
  type IdTokenService,
  type IdTokenServiceOptions,
  startIdTokenService,
} from '../../../simulator/id-token-service.ts';
import { startProxy } from '../../../simulator/proxy.ts';
import type { JobOptions } from '../../../simulator/runner.ts';
import { SPACE, workloadIdentity } from '../../../simulator/scenarios.ts';
import type { Trust } from '../../../simulator/token-exchange.ts';
import { AUTHORITY_FILE, authority } from '../faults/authority-file.ts';
import { type Ran, type Stage, test } from '../stage.ts';
import { expectFewMasks, OTHER_SECRETS } from './masks.ts';

const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';

/** A space that trusts GitHub's ID tokens, and a step with a workload identity for it. */
interface Keyless {
  idTokens: IdTokenService;
  /** Runs the step with changes to the workload identity, and with other inputs. */
  run(changes?: Record<string, unknown>, inputs?: Record<string, string>, options?: JobOptions): Promise<Ran>;
}

async function keyless(
  stage: Stage,
  { trust = {}, ...options }: IdTokenServiceOptions & { trust?: Partial<Trust> } = {},
): Promise<Keyless> {
  const { platform } = stage;
  const idTokens = stage.until(await startIdTokenService(options));
  platform.trust({ issuer: idTokens.issuer, publicKey: idTokens.publicKey, audience: SPACE, ...trust });
  return {
    idTokens,
    run: (changes = {}, inputs = {}, options = {}) =>
      stage.run(
        {
          credentials: JSON.stringify({ ...workloadIdentity(platform.endpoint, idTokens), ...changes }),
          ...inputs,
        },
        { ...options, env: { ...idTokens.env, ...options.env } },
      ),
  };
}

/** Changes fields of the credentials that an ID token is exchanged for. */
function changeExchanged(change: (credentials: Record<string, string>) => object) {
  return (response: unknown) => {
    const { base64_credential } = response as { base64_credential: string };
    const credentials = JSON.parse(Buffer.from(base64_credential, 'base64').toString());
    const text = JSON.stringify({ ...credentials, ...change(credentials) });
    return { base64_credential: Buffer.from(text).toString('base64') };
  };
}

function asked({ platform }: Stage): string[] {
  return platform.requests.map(({ method }) => method);
}

function expectFailure(step: Ran, finding: string, says: RegExp, remedy: RegExp): void {
  expect(step.exitCode, step.log).toBe(1);
  expect(step.outputs).toMatchObject({ status: finding, findings: finding, registered: 'false' });
  expect(step.outputs.error).toMatch(says);
  const errors = step.annotations.filter(({ level }) => level === 'error');
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(says) })]);
  expect(errors[0]!.message).toMatch(remedy);
  expect(step.env.MONDOO_CONFIG_PATH).toBeUndefined();
}

describe.concurrent('a workload identity', () => {
  test('is exchanged for a service account, which registers and is in mondoo.yml', async ({ stage }) => {
    const { idTokens, run } = await keyless(stage);
    const step = await run();
    expect(step.outputs, step.log).toMatchObject({
      status: 'ok',
      registered: 'true',
      authenticated: 'true',
      'owner-mrn': SPACE,
      'space-id': 'lunalectric-website',
    });
    expect(step.log).toMatch(
      /→ exchanged the ID token of this run .* valid until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n/,
    );
    expect(idTokens.requests.map(({ line }) => line)).toEqual([
      expect.stringMatching(
        /^GET .*\?api-version=2\.0&audience=%2F%2Fcaptain\.api\.mondoo\.app%2Fspaces%2Flunalectric-website$/,
      ),
    ]);
    expect(asked(stage)[0]).toBe(EXCHANGE);
    const text = readFileSync(step.env.MONDOO_CONFIG_PATH!, 'utf8');
    expect(text).toContain(`mrn: ${step.outputs['service-account-mrn']}`);
    expect(text).toContain(`agent_mrn: ${step.outputs['client-mrn']}`);
    expect(text).not.toContain('external_account');
  });

  test('masks token, response and key, but not space and endpoint', async ({ stage }) => {
    const { idTokens, run } = await keyless(stage);
    const step = await run();
    expect(step.masks).toContain(idTokens.tokens[0]);
    for (const line of stage.platform.secrets.at(-1)!.trim().split('\n')) expect(step.masks).toContain(line);
    for (const mask of step.masks) {
      expect(mask.length).toBeGreaterThanOrEqual(16);
      for (const name of ['owner-mrn', 'service-account-mrn', 'client-mrn', 'api-endpoint']) {
        expect(step.outputs[name]).not.toContain(mask);
      }
    }
  });

  test('masks the key of the exchanged account even if the gate fails then', async ({ stage }) => {
    const { run } = await keyless(stage);
    let key = '';
    const change = changeExchanged(({ private_key = '' }) => {
      key = private_key;
      return {};
    });
    stage.platform.fault(EXCHANGE, { kind: 'changed', change });
    stage.platform.fault('AgentManager/PingPong', { kind: 'error', code: 7, message: 'no' });
    const step = await run();
    expect(step.outputs.status, step.log).toBe('permission-denied');
    expect(step.masks).toEqual(expect.arrayContaining(key.trim().split('\n')));
  });

  test('masks nothing else in the response', async ({ stage }) => {
    const { run } = await keyless(stage);
    stage.platform.fault(EXCHANGE, { kind: 'changed', change: changeExchanged(() => OTHER_SECRETS) });
    const step = await run();
    expect(step.outputs.status, step.log).toBe('ok');
    expectFewMasks(step);
  });

  test('masks nothing in a response with rejected credentials', async ({ stage }) => {
    const { run } = await keyless(stage);
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} of what is no key\n`).join('');
    const private_key = `-----BEGIN PRIVATE KEY-----\n${lines}`;
    const change = changeExchanged(() => ({ private_key }));
    stage.platform.fault(EXCHANGE, { kind: 'changed', change });
    const step = await run();
    expect(step.outputs.error).toContain('holds credentials that cannot work (They have more than 64 KiB)');
    expectFewMasks(step);
  });

  test('masks an ID token only if it is one', async ({ stage }) => {
    const { idTokens, run } = await keyless(stage);
    const lines = Array.from({ length: 1000 }, (_, index) => `//agents.api.mondoo.app/${index}`).join('\n');
    const value = `${lines}.${Buffer.from('{}').toString('base64url')}.x`;
    idTokens.fault({ kind: 'response', status: 200, body: JSON.stringify({ value }) });
    const step = await run();
    expect(step.outputs.error).toContain('holds no ID token');
    expectFewMasks(step);
  });

  test("is rejected if the account's own `mrn` is in another space", async ({ stage }) => {
    const { run } = await keyless(stage);
    const change = changeExchanged(({ mrn }) => ({ mrn: mrn!.replace('lunalectric-website', 'another') }));
    stage.platform.fault(EXCHANGE, { kind: 'changed', change });
    const step = await run();
    const says = /holds credentials for \S+\/spaces\/another, not for \S+\/spaces\/lunalectric-website/;
    expectFailure(step, 'unreachable', says, /Check whether a proxy or a firewall responds/);
  });

  test('keeps its client registered', async ({ stage }) => {
    const { run } = await keyless(stage);
    const step = await run();
    await step.job.runPost(step);
    expect(stage.platform.clients).toHaveLength(1);
    expect(stage.platform.count('AgentManager/UnRegisterAgent')).toBe(0);
  });

  test('with register: false registers no client', async ({ stage }) => {
    const { run } = await keyless(stage);
    const step = await run({}, { register: 'false' });
    expect(step.outputs).toMatchObject({ status: 'ok', registered: 'true' });
    expect(step.log).toContain('→ Client: no managed client\n');
    expect(stage.platform.clients).toEqual([]);
  });

  test('may belong to an organization', async ({ stage }) => {
    const audience = '//captain.api.mondoo.app/organizations/lunalectric';
    const { run } = await keyless(stage, { trust: { audience } });
    const step = await run({ audience });
    expect(step.outputs).toMatchObject({ status: 'ok', 'owner-mrn': audience });
  });

  test('uses the endpoint in the input, even if the platform reports another name', async ({ stage }) => {
    const own = 'https://us.api.mondoo.com';
    const { run } = await keyless(stage, { trust: { endpoint: own } });
    const step = await run({ universeDomain: own }, { 'api-endpoint': stage.platform.endpoint });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'api-endpoint': stage.platform.endpoint });
    expect(readFileSync(step.env.MONDOO_CONFIG_PATH!, 'utf8')).toContain(
      `api_endpoint: ${stage.platform.endpoint}\n`,
    );
  });

  test('ignores its jwtToken, and reports that without printing it', async ({ stage }) => {
    const { idTokens, run } = await keyless(stage);
    const jwtToken = 'aGVhZGVyLW9m.c29tZWJvZHktZWxzZXM.dG9rZW4tdGhhdC1sZWFrcw';
    stage.alsoSecret([jwtToken]);
    const step = await run({ jwtToken });
    expect(step.outputs.status).toBe('ok');
    expect(step.annotations).toEqual([
      { level: 'warning', message: expect.stringContaining('has a field `jwtToken`. The action ignores it') },
    ]);
    expect(idTokens.tokens).toHaveLength(1);
  });

  test('retries if GitHub is busy', async ({ stage }) => {
    const { idTokens, run } = await keyless(stage);
    idTokens.fault([
      { kind: 'response', status: 503 },
      { kind: 'reset', when: 'before' },
    ]);
    const step = await run();
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.log).toContain(
      '! GitHub/IdToken failed: the response (HTTP status 503) is empty. Attempt 2 follows in',
    );
    expect(idTokens.requests).toHaveLength(3);
  });

  test.for([500, 501, 599, 429])('retries the request to GitHub after HTTP %i', async (status, { stage }) => {
    const { idTokens, run } = await keyless(stage);
    idTokens.fault([{ kind: 'response', status }]);
    const step = await run();
    expect(step.outputs.status, step.log).toBe('ok');
    expect(idTokens.requests).toHaveLength(2);
  });

  test('gets a new ID token if the first one expires during the retries of the exchange', async ({
    stage,
  }) => {
    const now = Math.floor(Date.now() / 1000);
    // It has no time to live, and the platform allows for a minute of skew.
    const { idTokens, run } = await keyless(stage, { claims: { iat: now, exp: now } });
    stage.platform.fault(EXCHANGE, [{ kind: 'error', code: 14, message: 'busy' }]);
    const step = await run();
    expect(step.outputs.status, step.log).toBe('ok');
    const sent = stage.platform.requests
      .filter(({ method }) => method === EXCHANGE)
      .map(({ body }) => JSON.parse(body).jwt_token);
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(2);
    for (const token of sent) expect(step.masks).toContain(token);
    expect(idTokens.tokens).toEqual(expect.arrayContaining(sent));
  });

  test('sends no ID token through a proxy in clear text', async ({ stage }) => {
    const { run } = await keyless(stage);
    const proxy = stage.until(await startProxy({ to: stage.platform.endpoint }));
    const env = { MONDOO_API_PROXY: proxy.url };
    const step = await run({}, { 'api-proxy': proxy.url }, { env });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(proxy.connections).toBe(0);
  });

  test('retries the exchange if the platform is busy', async ({ stage }) => {
    const { idTokens, run } = await keyless(stage);
    stage.platform.fault(EXCHANGE, [{ kind: 'error', code: 14, message: 'busy' }]);
    const step = await run();
    expect(step.outputs.status, step.log).toBe('ok');
    expect(stage.platform.count(EXCHANGE)).toBe(2);
    expect(idTokens.tokens).toHaveLength(1);
  });
});

test('the ID token request uses the proxy of the environment, not the proxy of the platform', async ({
  stage,
}) => {
  const github = 'pipelines.actions.githubusercontent.com';
  const { idTokens, run } = await keyless(stage, { tls: await authority.issue({ hosts: [github] }) });
  const url = new URL(idTokens.env.ACTIONS_ID_TOKEN_REQUEST_URL);
  const conduct = { kind: 'tunnel', username: 'ci', password: 'correct-horse-battery' } as const;
  const proxy = stage.until(await startProxy({ to: url.origin, conduct }));
  url.host = github;
  url.port = '';
  const step = await run(
    {},
    {},
    {
      env: {
        ACTIONS_ID_TOKEN_REQUEST_URL: url.href,
        NODE_EXTRA_CA_CERTS: AUTHORITY_FILE,
        HTTPS_PROXY: proxy.urlFor('ci', 'correct-horse-battery'),
      },
    },
  );
  expect(step.outputs.status, step.log).toBe('ok');
  expect(proxy.requests.map(({ target }) => target)).toEqual([`${github}:443`]);
  expect(step.masks).toContain('correct-horse-battery');
});

describe.concurrent('an invalid workload identity causes no request at all', () => {
  test.for([
    ["another cloud's audience", { audience: '//iam.googleapis.com/projects/1/locations/global' }],
    ['an audience that is a URL', { audience: 'https://github.com/lunalectric' }],
    ['an audience with a suffix', { audience: `${SPACE}/../../evil` }],
    ['no audience', { audience: undefined }],
    ['several audiences', { audience: [SPACE] }],
    ['another host', { universeDomain: 'https://collector.example.org' }],
    ['a host with a similar ending', { universeDomain: 'https://evil-mondoo.com' }],
    ['a disguised host', { universeDomain: 'https://us.api.mondoo.com@collector.example.org' }],
    ['plain http', { universeDomain: 'http://us.api.mondoo.com' }],
    ['no universeDomain', { universeDomain: undefined }],
    ['no issuerUri', { issuerUri: '' }],
    ['another kind of token', { subjectTokenType: 'urn:ietf:params:oauth:token-type:saml2' }],
  ] as const)('%s', async ([, changes], { stage }) => {
    const { idTokens, run } = await keyless(stage);
    const step = await run(changes);
    expectFailure(
      step,
      'invalid-credentials',
      /of the workload identity JSON/,
      /Copy the workload identity JSON/,
    );
    expect(idTokens.requests).toEqual([]);
    expect(stage.platform.requests).toEqual([]);
  });

  test('another host, if the input api-endpoint does not allow it', async ({ stage }) => {
    const { idTokens, run } = await keyless(stage);
    const step = await run(
      { universeDomain: 'https://collector.example.org' },
      { 'api-endpoint': stage.platform.endpoint },
    );
    expect(step.outputs.error).toContain("names `collector.example.org`, which isn't a host of mondoo.com");
    expect(idTokens.requests).toEqual([]);
    expect(stage.platform.requests).toEqual([]);
  });
});

describe.concurrent('a workload identity fails', () => {
  const WITHOUT_PERMISSION = {
    ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined,
  };

  test('without id-token: write, and the error has the lines to add', async ({ stage }) => {
    const { run } = await keyless(stage);
    const step = await run({}, {}, { env: WITHOUT_PERMISSION });
    expectFailure(
      step,
      'invalid-input',
      /GitHub gives this job no ID token: .* The job lacks the permission `id-token: write`/,
      /`permissions:` with `contents: read` and `id-token: write`/,
    );
    expect(asked(stage)).toEqual([]);
  });

  test('if the ID token URL was changed: the request token is not sent', async ({ stage }) => {
    const { run } = await keyless(stage);
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://collector.example.org/?api-version=2.0' };
    const step = await run({}, {}, { env });
    expectFailure(
      step,
      'invalid-input',
      /`ACTIONS_ID_TOKEN_REQUEST_URL` is not an https URL, so the step requested no ID token/,
      /Find what changes the variable/,
    );
    expect(asked(stage)).toEqual([]);
  });

  test("whose jwtToken isn't a token: its text isn't masked", async ({ stage }) => {
    const { run } = await keyless(stage);
    const step = await run({ jwtToken: `${SPACE} https://us.api.mondoo.com ${stage.platform.endpoint}` });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.log).toContain(`→ Owner: ${SPACE}`);
    expect(step.log).toContain(`→ API ConnectionConfig: ${stage.platform.endpoint}`);
  });

  test('if its fields are not text, hostile or not', async ({ stage }) => {
    const { run } = await keyless(stage);
    const step = await run({ jwtToken: { toString: 1 }, audience: { toString: 1 } });
    expectFailure(
      step,
      'invalid-credentials',
      /The field `audience` of the workload identity JSON isn't text/,
      /Copy/,
    );
    expect(asked(stage)).toEqual([]);
  });

  test.for([
    ['from a fork', FORK_PULL_REQUEST, /comes from a fork \(`nebula\/website`\)/],
    ['from a fork that was deleted', DELETED_FORK_PULL_REQUEST, /a fork that was deleted/],
  ] as const)('for a pull request %s', async ([, event, says], { stage }) => {
    const { run } = await keyless(stage);
    const job = { ...event, env: WITHOUT_PERMISSION };
    const step = await run({}, {}, job);
    expectFailure(step, 'missing-credentials', says, /`on-missing-credentials: skip`/);
    const skipped = await run({}, { 'on-missing-credentials': 'skip' }, job);
    expect(skipped.exitCode).toBe(0);
    expect(skipped.outputs).toMatchObject({ status: 'skipped', registered: 'false' });
    expect(asked(stage)).toEqual([]);
  });

  test('if GitHub has another issuer: the error names both, and the platform never gets the token', async ({
    stage,
  }) => {
    const { run } = await keyless(stage, { issuer: 'https://ghes.example.org/_services/token' });
    const step = await run({ issuerUri: 'https://token.actions.githubusercontent.com' });
    expectFailure(
      step,
      'invalid-credentials',
      /`issuerUri` is `https:\/\/token\.actions\.githubusercontent\.com`, .* issuer is `https:\/\/ghes\.example\.org\/_services\/token`/,
      /GitHub Enterprise Server/,
    );
    expect(asked(stage)).toEqual([]);
  });

  test.for([
    ['issuer', { issuer: 'https://issuer.example.org' }, {}, 'untrusted issuer'],
    ['audience', { audience: '//captain.api.mondoo.app/spaces/another' }, {}, 'wrong audience'],
    ['branch', { subject: 'repo:lunalectric/website:ref:refs/heads/release' }, {}, 'wrong subject'],
    ['age', {}, { exp: 1 }, 'expired'],
  ] as const)(
    'if the platform does not trust its %s, and the error names what to compare',
    async ([, trust, claims, refusal], { stage }) => {
      const { run } = await keyless(stage, { trust, claims });
      const step = await run();
      expectFailure(
        step,
        'unauthenticated',
        /does not trust the ID token of this run/,
        /Compare the claims of the token with the provider in the Mondoo Console \(Settings → Workload Identity\)/,
      );
      expect(step.log).toContain(
        'x could not exchange the ID token error="rpc error: code = Unauthenticated',
      );
      expect(stage.platform.requests.map((request) => request.refusal)).toEqual([refusal]);
    },
  );

  test('if the platform does not trust the ID token, and the error lists its claims', async ({ stage }) => {
    const { run } = await keyless(stage, {
      trust: { subject: 'repo:lunalectric/website:environment:prod' },
      claims: {
        sub: 'repo:lunalectric@100000/website@100001:environment:prod',
        environment: 'prod <b>::error::`x`',
        ref: 'refs/heads/\r\n::error::##[error]main',
      },
    });
    const step = await run();
    const lines = [
      'issuer: https://token.actions.githubusercontent.com',
      `audience: ${SPACE}`,
      'subject: repo:lunalectric@100000/website@100001:environment:prod',
      'repository: lunalectric/website',
      'ref: refs/heads/ ::error::# #[error]main',
      'environment: prod <b>::error::`x`',
      'job_workflow_ref: lunalectric/website/.github/workflows/security.yml@refs/heads/main',
    ];
    const errors = step.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]!.message).toContain(`\n${lines.join('\n')}\nEvidence: `);
    for (const line of lines) expect(step.log).toContain(line);
    expect(step.outputs.error).toContain(lines.join('; '));
    expect(step.summary).toContain(
      '<tr><td>subject</td><td><code>repo:lunalectric@100000/website@100001:environment:prod</code></td></tr>',
    );
    expect(step.summary).toContain('<td><code>prod &lt;b&gt;::error::`x`</code></td>');
  });

  test('if its issuer differs by a trailing slash only: the message says so', async ({ stage }) => {
    const { run } = await keyless(stage);
    const step = await run({ issuerUri: 'https://token.actions.githubusercontent.com/' });
    expectFailure(
      step,
      'invalid-credentials',
      /They differ only in the slash at the end/,
      /Write the token's issuer exactly, in the JSON and in the Mondoo Console \(Settings → Workload Identity\)/,
    );
    expect(asked(stage)).toEqual([]);
  });

  const responding = (value: unknown) =>
    ({ kind: 'response', status: 200, body: JSON.stringify(value) }) as const;
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

  test.for([
    ['nothing', responding({}), /the response \(HTTP status 200\) holds no credentials/],
    [
      'text',
      responding({ base64_credential: 'no base64!' }),
      /the response \(HTTP status 200\) holds credentials that cannot work/,
    ],
    [
      'an empty object',
      responding({ base64_credential: base64({}) }),
      /The field `mrn` of the credentials is missing/,
    ],
    [
      'a list',
      responding({ base64_credential: base64([]) }),
      /the response \(HTTP status 200\) holds credentials that cannot work/,
    ],
    [
      'a key without an account',
      responding({ base64_credential: base64({ private_key: 'no key at all' }) }),
      /The field `mrn` of the credentials is missing/,
    ],
    ['a web page', { kind: 'response', status: 200, body: '<html>' } as const, /is a web page/],
  ] as const)('if the response has %s instead of credentials', async ([, fault, says], { stage }) => {
    const { run } = await keyless(stage);
    stage.platform.fault(EXCHANGE, fault);
    const step = await run();
    expectFailure(
      step,
      'unreachable',
      says,
      /Check whether a proxy or a firewall responds instead of Mondoo Platform/,
    );
    expect(asked(stage)).toEqual([EXCHANGE]);
  });

  test('if the minted account is for another host: it is not used', async ({ stage }) => {
    const { run } = await keyless(stage, { trust: { endpoint: 'https://eu.api.mondoo.com' } });
    const step = await run();
    expectFailure(step, 'unreachable', /credentials for another host, eu\.api\.mondoo\.com/, /endpoint/);
    expect(asked(stage)).toEqual([EXCHANGE]);
  });

  test.for([
    ['refuses', { kind: 'response', status: 403, body: '{"message":"no"}' }, /HTTP status 403/],
    ['redirects', { kind: 'response', status: 302, headers: { location: '/' } }, /is a redirect/],
    ['responds without a token', { kind: 'response', status: 200, body: '{}' }, /holds no ID token/],
    [
      'responds with other data',
      { kind: 'response', status: 200, body: '{"value":"x"}' },
      /holds no ID token/,
    ],
    ['does not respond', { kind: 'hang' }, /connected, but no response within/],
  ] as const)('if GitHub %s', async ([, fault, says], { stage }) => {
    const { idTokens, run } = await keyless(stage);
    idTokens.fault(fault);
    const step = await run({}, { timeout: '6s' });
    expectFailure(step, 'unreachable', says, /githubstatus\.com/);
    expect(step.outputs.error).toMatch(
      /^No valid response from Mondoo Platform\. .*GitHub gave this run no ID token/,
    );
    expect(asked(stage)).toEqual([]);
  });

  test('within the timeout if the platform does not respond to the exchange', async ({ stage }) => {
    const { run } = await keyless(stage);
    stage.platform.fault(EXCHANGE, { kind: 'hang' });
    const step = await run({}, { timeout: '6s' });
    expectFailure(
      step,
      'unreachable',
      /The request to \S+ failed: connected, but no response/,
      /increase the input `timeout`/,
    );
  });
});
