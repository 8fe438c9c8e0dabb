import { describe, expect } from 'vitest';
import { findClosedPort } from '../../../simulator/closed-port.ts';
import { type ConnectProxy, type ProxyConduct, startProxy } from '../../../simulator/proxy.ts';
import { type Ran, type Stage, test } from '../stage.ts';
import { AUTHORITY_FILE, authority } from './authority-file.ts';
import { CUT_OFF, either, expectOutcome, type Outcome } from './outcome.ts';

const ENDPOINT = 'https://us.api.mondoo.com';
const identity = await authority.issue({ hosts: ['us.api.mondoo.com'] });
/** Only the test itself configures a proxy, regardless of the host's environment. */
const ENV = { NODE_EXTRA_CA_CERTS: AUTHORITY_FILE };

const OK: Outcome = { finding: 'ok', asked: { health: 1, ping: 1, register: 1 }, clients: 1 };
const unreachable = (says: RegExp): Outcome => ({
  finding: 'unreachable',
  says,
  asked: { health: 0, ping: 0, register: 0 },
  clients: 0,
});

/** A platform with the name of the real one, reachable only through proxies. */
async function behind(stage: Stage, ...conducts: ProxyConduct[]) {
  const { platform, credentials } = await stage.another({ tls: identity });
  const proxies: ConnectProxy[] = [];
  for (const conduct of conducts) {
    proxies.push(stage.until(await startProxy({ to: platform.endpoint, conduct })));
  }
  const [proxy, second, third] = proxies as [ConnectProxy, ConnectProxy, ConnectProxy];
  const run = (
    inputs: Record<string, string>,
    { env = {}, changes = {} }: { env?: Record<string, string>; changes?: object } = {},
  ): Promise<Ran> =>
    stage.run(
      {
        credentials: JSON.stringify({ ...credentials, api_endpoint: ENDPOINT, ...changes }),
        ...inputs,
      },
      { env: { ...ENV, ...env } },
    );
  return { platform, proxy, second, third, run };
}

/** Long enough for a second attempt on a busy runner. */
const TIMEOUT = '6s';

const TUNNEL: ProxyConduct = { kind: 'tunnel' };

describe.concurrent('the proxy', () => {
  test('of the input overrides all others, and is in mondoo.yml', async ({ stage }) => {
    const { platform, proxy, second, third, run } = await behind(stage, TUNNEL, TUNNEL, TUNNEL);
    const step = await run(
      { 'api-proxy': proxy.url },
      { changes: { api_proxy: second.url }, env: { HTTPS_PROXY: third.url, NO_PROXY: '*' } },
    );
    expectOutcome(step, platform, OK);
    expect(proxy.requests.map(({ target }) => target)).toContain('us.api.mondoo.com:443');
    expect(second.connections + third.connections).toBe(0);
    expect(await mondooYml(step)).toContain(`api_proxy: ${proxy.url}/\n`);
  });

  test('of the credentials overrides that of the environment', async ({ stage }) => {
    const { platform, proxy, second, run } = await behind(stage, TUNNEL, TUNNEL);
    const step = await run(
      {},
      { changes: { api_proxy: proxy.url }, env: { HTTPS_PROXY: second.url, NO_PROXY: '*' } },
    );
    expectOutcome(step, platform, OK);
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(second.connections).toBe(0);
    expect(await mondooYml(step)).toContain(`api_proxy: ${proxy.url}/\n`);
  });

  test('of MONDOO_API_PROXY overrides that of the credentials, as in cnspec', async ({ stage }) => {
    const { platform, proxy, second, third, run } = await behind(stage, TUNNEL, TUNNEL, TUNNEL);
    const step = await run(
      {},
      {
        changes: { api_proxy: second.url },
        env: { MONDOO_API_PROXY: proxy.url, HTTPS_PROXY: third.url, NO_PROXY: '*' },
      },
    );
    expectOutcome(step, platform, OK);
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(second.connections + third.connections).toBe(0);
    expect(await mondooYml(step)).toContain(`api_proxy: ${second.url}/\n`);
  });

  test('of the input overrides that of MONDOO_API_PROXY', async ({ stage }) => {
    const { platform, proxy, second, run } = await behind(stage, TUNNEL, TUNNEL);
    const step = await run({ 'api-proxy': proxy.url }, { env: { MONDOO_API_PROXY: second.url } });
    expectOutcome(step, platform, OK);
    expect(second.connections).toBe(0);
  });

  test('is that of the environment if MONDOO_API_PROXY is empty, and is not in mondoo.yml', async ({
    stage,
  }) => {
    const { platform, proxy, run } = await behind(stage, TUNNEL);
    const step = await run({}, { env: { MONDOO_API_PROXY: '', HTTPS_PROXY: proxy.url } });
    expectOutcome(step, platform, OK);
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(await mondooYml(step)).not.toContain('api_proxy');
  });

  test('of MONDOO_API_PROXY is also used by post, to unregister the client of a registration token', async ({
    stage,
  }) => {
    const { platform, proxy } = await behind(stage, TUNNEL);
    const token = await platform.issueRegistrationToken({ endpoint: ENDPOINT });
    const step = await stage.run(
      { credentials: '', 'registration-token': token },
      { env: { ...ENV, MONDOO_API_PROXY: proxy.url } },
    );
    expect(step.outputs.status, step.log).toBe('ok');
    const before = proxy.connections;
    await step.job.runPost(step);
    expect(proxy.connections).toBeGreaterThan(before);
    expect(platform.clients).toEqual([]);
  });

  test.for(['HTTPS_PROXY', 'https_proxy'])(
    'in %s is used, and is not in mondoo.yml',
    async (name, { stage }) => {
      const { platform, proxy, run } = await behind(stage, TUNNEL);
      const step = await run({}, { env: { [name]: proxy.url } });
      expectOutcome(step, platform, OK);
      expect(proxy.requests.length).toBeGreaterThan(0);
      expect(await mondooYml(step)).not.toContain('api_proxy');
    },
  );

  test('of the environment may lack its scheme, as in curl and cnspec', async ({ stage }) => {
    const { platform, proxy, run } = await behind(stage, TUNNEL);
    const step = await run({}, { env: { HTTPS_PROXY: proxy.url.replace('http://127.0.0.1', 'localhost') } });
    expectOutcome(step, platform, OK);
    expect(proxy.requests.length).toBeGreaterThan(0);
  });

  test.for(['127.0.0.1', 'localhost'])('of the environment is not used for %s', async (host, { stage }) => {
    const { proxy } = await behind(stage, TUNNEL);
    const endpoint = stage.platform.endpoint.replace('127.0.0.1', host);
    const step = await stage.run(
      { 'api-endpoint': endpoint },
      { env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } },
    );
    expect(step.outputs.status, step.log).toBe('ok');
    expect(proxy.connections).toBe(0);
  });

  // Nothing listens on this port: with NO_PROXY the step connects directly.
  test.for([
    { noProxy: 'deep.example.localhost', direct: true },
    { noProxy: 'DEEP.example.localhost', direct: true },
    { noProxy: 'example.localhost', direct: true },
    { noProxy: '.example.localhost', direct: true },
    { noProxy: '*.example.localhost', direct: true },
    { noProxy: '*.example.localhost:PORT', direct: true },
    { noProxy: '*.deep.example.localhost', direct: false },
    { noProxy: 'other.example, deep.example.localhost:PORT', direct: true },
    { noProxy: '*', direct: true },
    { noProxy: 'deep.example.localhost:1', direct: false },
    { noProxy: 'ample.localhost', direct: false },
    { noProxy: 'deeper.example.localhost', direct: false },
  ])(
    'of the environment with NO_PROXY=$noProxy: direct is $direct',
    async ({ noProxy, direct }, { stage }) => {
      const { platform, proxy, run } = await behind(stage, { kind: 'response', status: 403 });
      const { port } = new URL(platform.endpoint);
      const step = await run(
        { 'api-endpoint': `https://deep.example.localhost:${port}`, timeout: TIMEOUT },
        { env: { HTTPS_PROXY: proxy.url, NO_PROXY: noProxy.replace('PORT', port) } },
      );
      expect(step.outputs.findings).toBe('unreachable');
      expect(proxy.connections > 0).toBe(!direct);
      expect(platform.requests).toEqual([]);
    },
  );

  test.for([
    ['HTTPS_PROXY', (url: string) => ({ env: { HTTPS_PROXY: url } }), '`HTTPS_PROXY`'],
    ['MONDOO_API_PROXY', (url: string) => ({ env: { MONDOO_API_PROXY: url } }), '`MONDOO_API_PROXY`'],
    ['the credentials', (url: string) => ({ changes: { api_proxy: url } }), '`api_proxy` of the credentials'],
    ['the input', (url: string) => ({ inputs: { 'api-proxy': url } }), 'the input `api-proxy`'],
  ] as const)(
    'whose name cannot be resolved is reported as the proxy, with its source: %s',
    async ([, given, from], { stage }) => {
      const { platform, run } = await behind(stage);
      const { inputs = {}, ...options } = given('http://proxy.invalid:3128') as Parameters<typeof run>[1] & {
        inputs?: Record<string, string>;
      };
      const step = await run({ ...inputs, timeout: TIMEOUT }, options);
      const resolved = /the name of the proxy proxy\.invalid:3128 cannot be resolved/;
      expectOutcome(step, platform, unreachable(either(resolved, /through the proxy proxy\.invalid:3128/)));
      expect(step.outputs.error).toContain(`Fix: Check the proxy in ${from}: its name, port and password`);
    },
  );

  test.for([
    ['HTTPS_PROXY', '"http://127.0.0.1:3128"'],
    ['HTTPS_PROXY', 'http:\\\\127.0.0.1:3128'],
    ['HTTPS_PROXY', "http://'127.0.0.1'"],
    ['MONDOO_API_PROXY', "'http://127.0.0.1:3128'"],
    ['MONDOO_API_PROXY', 'http://127.0.0.1\\:3128'],
  ] as const)('in quotes or with a backslash is invalid-input: %s=%s', async ([name, value], { stage }) => {
    const { platform, run } = await behind(stage);
    const step = await run({}, { env: { [name]: value } });
    expect(step.outputs.status, step.log).toBe('invalid-input');
    expect(step.outputs.error).toContain(`The proxy in the variable \`${name}\``);
    expect(platform.requests).toEqual([]);
  });

  test('of the input with a backslash is invalid-input too', async ({ stage }) => {
    const { platform, run } = await behind(stage);
    const step = await run({ 'api-proxy': 'http:\\\\127.0.0.1:3128' });
    expect(step.outputs.status, step.log).toBe('invalid-input');
    expect(step.outputs.error).toContain('The input `api-proxy` contains a quote or a backslash');
    expect(platform.requests).toEqual([]);
  });

  test('of the input or MONDOO_API_PROXY is never used for plain http', async ({ stage }) => {
    const { proxy } = await behind(stage, TUNNEL);
    const step = await stage.run({ 'api-proxy': proxy.url }, { env: { MONDOO_API_PROXY: proxy.url } });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(proxy.connections).toBe(0);
  });

  test('may be reached over TLS', async ({ stage }) => {
    const { platform, run } = await behind(stage);
    const tls = await authority.issue();
    const proxy = stage.until(await startProxy({ to: platform.endpoint, tls }));
    const step = await run({ 'api-proxy': proxy.url });
    expectOutcome(step, platform, OK);
    expect(proxy.requests.length).toBeGreaterThan(0);
  });

  test('is named if its own certificate is invalid', async ({ stage }) => {
    const { platform, run } = await behind(stage);
    const tls = await authority.issue({
      notBefore: new Date(Date.now() - 2e8),
      notAfter: new Date(Date.now() - 1e8),
    });
    const proxy = stage.until(await startProxy({ to: platform.endpoint, tls }));
    const step = await run({ 'api-proxy': proxy.url });
    expectOutcome(step, platform, unreachable(/the TLS certificate of the proxy localhost\S* has expired/));
    expect(proxy.requests).toEqual([]);
  });
});

/** A proxy that refuses connections, and the reported message. */
interface Closed {
  what: string;
  conduct: ProxyConduct;
  says: RegExp;
  /** Whether the failure may be temporary. */
  passing?: true;
}

const CLOSED: Closed[] = [
  {
    what: 'responds 403',
    conduct: { kind: 'response', status: 403 },
    says: /the proxy 127\.0\.0\.1:\d+ does not allow connections to us\.api\.mondoo\.com \(HTTP status 403\)/,
  },
  {
    what: 'responds 403 with a web page',
    conduct: {
      kind: 'response',
      status: 403,
      headers: { 'content-type': 'text/html' },
      body: '<html>blocked</html>',
    },
    says: /the proxy \S+ does not allow connections to us\.api\.mondoo\.com \(HTTP status 403\)/,
  },
  {
    what: 'requires a password',
    conduct: { kind: 'tunnel', username: 'ci', password: 'correct-horse-battery' },
    says: /the proxy 127\.0\.0\.1:\d+ requires a valid user name and password/,
  },
  {
    what: 'responds 200 with a web page',
    conduct: {
      kind: 'response',
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html><body>Please log in to the guest network</body></html>',
    },
    says: /us\.api\.mondoo\.com through the proxy 127\.0\.0\.1:\d+ does not speak TLS/,
  },
  {
    what: 'responds 502 with a web page',
    conduct: {
      kind: 'response',
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<html></html>',
    },
    says: /the proxy \S+ does not allow connections to us\.api\.mondoo\.com \(HTTP status 502\)/,
    passing: true,
  },
  {
    what: 'breaks off in place of a response',
    conduct: { kind: 'reset', when: 'before' },
    says: /the connection to the proxy 127\.0\.0\.1:\d+ was lost/,
    passing: true,
  },
  {
    what: 'breaks off when the tunnel is open',
    conduct: { kind: 'reset', when: 'after' },
    says: /the connection to us\.api\.mondoo\.com through the proxy 127\.0\.0\.1:\d+ was lost/,
    passing: true,
  },
];

describe.concurrent.each(CLOSED)('a proxy that $what', ({ conduct, says, passing }) => {
  test('is unreachable, and the number of attempts is limited', async ({ stage }) => {
    const { platform, proxy, run } = await behind(stage, conduct);
    const step = await run({ 'api-proxy': proxy.url, ...(passing && { timeout: TIMEOUT }) });
    expectOutcome(step, platform, unreachable(passing ? either(says, CUT_OFF) : says));
    if (passing) expect(step.log).toMatch(/failed: .*the proxy \S+ .*\. Attempt 2 follows in/);
    // The health check and the ping: a permanent failure is not retried, and the others are retried with delays.
    expect(proxy.requests.length).toBeGreaterThanOrEqual(1);
    expect(proxy.requests.length).toBeLessThanOrEqual(passing ? 30 : 2);
    if (!passing) expect(step.log).not.toContain('follows in');
  });
});

test.concurrent('a proxy that sends nothing is unreachable at the deadline', async ({ stage }) => {
  const { platform, proxy, run } = await behind(stage, { kind: 'silence' });
  const step = await run({ 'api-proxy': proxy.url, timeout: TIMEOUT });
  expectOutcome(step, platform, unreachable(/no connection within [\d.]+m?s/));
  expect(proxy.requests.length).toBeLessThanOrEqual(2);
});

test.concurrent('a proxy that refuses connections is unreachable', async ({ stage }) => {
  const { platform, run } = await behind(stage);
  const step = await run({ 'api-proxy': `http://127.0.0.1:${await findClosedPort()}`, timeout: TIMEOUT });
  expectOutcome(
    step,
    platform,
    unreachable(either(/the proxy 127\.0\.0\.1:\d+ refuses connections \(ECONNREFUSED\)/, CUT_OFF)),
  );
});

const PASSWORD = 'p@ss:w/örd %41 "quoted" & more';

describe.concurrent('the password of a proxy', () => {
  const WITH_PASSWORD: ProxyConduct = { kind: 'tunnel', username: 'ci', password: PASSWORD };

  test.for([
    { from: 'the input', given: (url: string) => [{ 'api-proxy': url }, {}] as const },
    { from: 'the credentials', given: (url: string) => [{}, { changes: { api_proxy: url } }] as const },
    { from: 'the environment', given: (url: string) => [{}, { env: { HTTPS_PROXY: url } }] as const },
    { from: 'MONDOO_API_PROXY', given: (url: string) => [{}, { env: { MONDOO_API_PROXY: url } }] as const },
  ])('from $from is sent to the proxy, and is never printed', async ({ given }, { stage }) => {
    const { platform, proxy, run } = await behind(stage, WITH_PASSWORD);
    const [inputs, options] = given(proxy.urlFor('ci', PASSWORD));
    const step = await run(inputs, options);
    expectOutcome(step, platform, OK);
    expect(proxy.requests[0]?.credentials).toBe(`ci:${PASSWORD}`);
    await expectNotPrinted(step, PASSWORD);
  });

  test('is also masked as written, even if partly encoded', async ({ stage }) => {
    const { platform, proxy, run } = await behind(stage, { ...WITH_PASSWORD, password: 'half=and%half|way' });
    const step = await run(
      {},
      { changes: { api_proxy: proxy.url.replace('://', '://ci:half=and%25half|way@') } },
    );
    expectOutcome(step, platform, OK);
    await expectNotPrinted(step, 'half=and%half|way', 'half=and%25half|way');
  });

  test('of MONDOO_API_PROXY is masked even if the input is used instead', async ({ stage }) => {
    const { platform, proxy, run } = await behind(stage, TUNNEL);
    const other = proxy.urlFor('ci', PASSWORD);
    const step = await run({ 'api-proxy': proxy.url }, { env: { MONDOO_API_PROXY: other } });
    expectOutcome(step, platform, OK);
    expect(step.masks).toContain(PASSWORD);
  });

  test('that is wrong is reported without its value, and not retried', async ({ stage }) => {
    const { platform, proxy, run } = await behind(stage, WITH_PASSWORD);
    const wrong = 'not the p@ssword';
    const step = await run({ 'api-proxy': proxy.urlFor('ci', wrong) });
    expectOutcome(step, platform, unreachable(/requires a valid user name and password \(HTTP status 407\)/));
    // Each further attempt could lock the account.
    expect(proxy.requests.length).toBeLessThanOrEqual(2);
    await expectNotPrinted(step, wrong);
  });

  test('may be missing if the proxy requires only a user name', async ({ stage }) => {
    const { proxy, run } = await behind(stage, TUNNEL);
    const step = await run({ 'api-proxy': proxy.urlFor('token-of-the-proxy', '') });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(proxy.requests[0]?.credentials).toBe('token-of-the-proxy:');
  });

  test('in an invalid URL is not printed', async ({ stage }) => {
    const step = await stage.run({ 'api-proxy': `socks5://ci:${encodeURIComponent(PASSWORD)}@127.0.0.1:1` });
    expect(step.outputs.status).toBe('invalid-input');
    await expectNotPrinted(step, PASSWORD);
  });
});

/** Expects that nothing prints a password, decoded or URL-encoded, even a later step that prints mondoo.yml. */
async function expectNotPrinted(step: Ran, password: string, ...written: string[]): Promise<void> {
  const forms = [
    password,
    encodeURIComponent(password),
    new URL(`http://u:${encodeURIComponent(password)}@h`).password,
  ];
  const basic = Buffer.from(`ci:${password}`).toString('base64');
  const stdout = step.stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  const { log, outputs, env, state, summary, annotations, stderr } = step;
  const printed = [
    log,
    stderr,
    summary,
    ...stdout,
    ...[outputs, env, state, annotations].map((v) => JSON.stringify(v)),
  ];
  if (step.exitCode === 0) {
    const later = await step.job.runScript(
      `import { readFileSync } from 'node:fs';
       const text = readFileSync(process.env.MONDOO_CONFIG_PATH, 'utf8');
       console.log(text);
       console.log(decodeURIComponent(/^api_proxy: (.*)$/m.exec(text)?.[1] ?? ''));`,
    );
    printed.push(later.log);
  }
  for (const form of [...forms, ...written, basic]) {
    for (const text of printed) expect(text).not.toContain(form);
  }
}

async function mondooYml(step: Ran): Promise<string> {
  const later = await step.job.runScript(
    `import { readFileSync } from 'node:fs'; console.log(readFileSync(process.env.MONDOO_CONFIG_PATH, 'utf8'));`,
  );
  return later.log;
}
