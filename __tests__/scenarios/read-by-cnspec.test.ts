import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Credentials } from '../../simulator/accounts.ts';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { startProxy } from '../../simulator/proxy.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { AUTHORITY_FILE, authority } from './faults/authority-file.ts';
import { type Ran, type Stage, test } from './stage.ts';

type Document = Record<string, unknown>;

const CLIENT = '//agents.api.mondoo.app/spaces/lunalectric-website/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';

/** A careless later step. */
const PRINT = `
  import { readFileSync } from 'node:fs';
  const text = readFileSync(process.env.MONDOO_CONFIG_PATH, 'utf8');
  console.log(text);
  console.log(JSON.stringify(text));`;

const configOf = (step: Ran): Document => parse(readFileSync(step.outputs['config-path']!, 'utf8'));

const upperCased = (document: object): Document =>
  Object.fromEntries(Object.entries(document).map(([key, value]) => [key.toUpperCase(), value]));

/** Runs the step with the credentials of the stage and other fields. */
const runWith = (stage: Stage, fields: Document) =>
  stage.run({ credentials: JSON.stringify({ ...stage.credentials, ...fields }, null, 2) });

function expectRefused(step: Ran, stage: Stage, status: string, says: RegExp, fix = /./): void {
  expect(step.exitCode, step.log).toBe(1);
  expect(step.outputs.status, step.log).toBe(status);
  expect(step.outputs.error).toMatch(says);
  const [error, ...others] = step.annotations.filter(({ level }) => level === 'error');
  expect(others).toEqual([]);
  expect(error!.message).toMatch(fix);
  expect(stage.platform.requests).toEqual([]);
}

describe.concurrent('annotations that cnspec could not read are invalid-input, with their line', () => {
  test.for<[row: string, line: string, says: RegExp]>([
    ['key with a backslash', 'a\\b=x', /has a key with a backslash in line 2 /],
    ['value with U+FFFE', 'a=x\ufffey', /has a character that cnspec can't read in line 2 /],
    ['value with U+FFFF', 'a=x\uffffy', /has a character that cnspec can't read in line 2 /],
    ['key with U+FFFF', 'a\uffff=x', /has a character that cnspec can't read in line 2 /],
    ['keys that differ only in case: Team, team', 'TEAM=other', /has a key twice.* in line 2 /],
  ])('%s', async ([, line, says], { stage }) => {
    const step = await stage.run({ annotations: `Team=platform\n\n${line}\nz=1` });
    expectRefused(step, stage, 'invalid-input', says);
    expect(step.outputs.error).toContain('line 2 (blank lines not counted)');
  });

  test('annotation keys become lower case, and override a key of the credentials in any case', async ({
    stage,
  }) => {
    const credentials = JSON.stringify({ ...stage.credentials, annotations: { TEAM: 'old', Kept: 'X' } });
    const step = await stage.run({ credentials, annotations: 'Team=Platform' });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(configOf(step).annotations).toEqual({ team: 'Platform', kept: 'X' });
  });

  test('a value with a backslash and what looks like an escape reaches cnspec unchanged', async ({
    stage,
  }) => {
    const step = await stage.run({ annotations: 'path=C:\\udaba\\ufffe' });
    expect(configOf(step).annotations).toEqual({ path: 'C:\\udaba\\ufffe' });
  });
});

describe.concurrent('keys of the credentials that differ only in case are rejected as duplicates', () => {
  test.for<[row: string, write: (credentials: Credentials) => string, says: RegExp]>([
    [
      'api_endpoint and API_ENDPOINT',
      (c) => `${JSON.stringify(c, null, 2).slice(0, -2)},\n  "API_ENDPOINT": "https://eu.api.mondoo.com"\n}`,
      /\(JSON\) have the same key twice, the second time at line 10, column 3/,
    ],
    [
      'api_endpoint and API_ENDPOINT in a mondoo.yml',
      (c) => `Api_Endpoint: https://eu.api.mondoo.com\n${stringify(c)}`,
      /\(YAML\) have the same key twice, the second time at line \d+, column 1/,
    ],
    [
      'annotations Team and team',
      (c) => JSON.stringify({ ...c, annotations: { Team: 'a', team: 'b' } }),
      /\(JSON\) have the same key twice/,
    ],
  ])('%s', async ([, write, says], { stage }) => {
    const step = await stage.run({ credentials: write(stage.credentials) });
    expectRefused(step, stage, 'invalid-credentials', says, /Remove the outdated one/);
  });
});

describe.concurrent('credentials with keys in capital letters are read', () => {
  test('API_ENDPOINT', async ({ stage }) => {
    const { api_endpoint, ...others } = stage.credentials;
    const credentials = JSON.stringify({ ...others, API_ENDPOINT: api_endpoint });
    const step = await stage.run({ credentials, timeout: '20s' });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'api-endpoint': api_endpoint });
    expect(step.annotations).toEqual([]);
    expect(configOf(step)).toMatchObject({ ...stage.credentials });
    expect(configOf(step)).not.toHaveProperty('API_ENDPOINT');
  });

  test('AGENT_MRN', async ({ stage }) => {
    const step = await runWith(stage, { AGENT_MRN: CLIENT });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'client-mrn': CLIENT });
    expect(stage.platform.count('AgentManager/RegisterAgent')).toBe(0);
  });

  test('API_PROXY, and its password is masked', async ({ stage }) => {
    const { platform, credentials } = await stage.another({ tls: await authority.issue() });
    const proxy = stage.until(await startProxy({ to: platform.endpoint }));
    const url = proxy.url.replace('http://', 'http://ci:correct-horse@');
    const step = await stage.run(
      { credentials: JSON.stringify({ ...credentials, API_PROXY: url }) },
      { env: { NODE_EXTRA_CA_CERTS: AUTHORITY_FILE } },
    );
    expect(step.outputs.status, step.log).toBe('ok');
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(step.masks).toContain('correct-horse');
  });

  test('each key of a mondoo.yml, with an escaped private key', async ({ stage }) => {
    const key = stage.credentials.private_key;
    const document = upperCased({ ...stage.credentials, private_key: 'KEY' });
    const escaped = key.replaceAll('\n', '\\n').replaceAll('-', '\\x2d');
    const step = await stage.run({ credentials: stringify(document).replace('KEY\n', `"${escaped}"\n`) });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(configOf(step)).toMatchObject({ ...stage.credentials });
    for (const line of key.trim().split('\n')) expect(step.masks).toContain(line);
  });

  test.for<[string, (document: Document) => Document]>([
    ['as the Console gives it', (document) => document],
    ['in capital letters', upperCased],
    [
      'in small letters',
      (document) =>
        Object.fromEntries(Object.entries(document).map(([key, value]) => [key.toLowerCase(), value])),
    ],
  ])('workload identity JSON %s', async ([, spell], { stage }) => {
    const idTokens = stage.until(await startIdTokenService());
    stage.platform.trust({ issuer: idTokens.issuer, publicKey: idTokens.publicKey, audience: SPACE });
    const given = { ...workloadIdentity(stage.platform.endpoint, idTokens), jwtToken: 'none' };
    const step = await stage.run({ credentials: JSON.stringify(spell(given)) }, { env: idTokens.env });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.annotations).toEqual([
      { level: 'warning', message: expect.stringContaining('has a field `jwtToken`') },
    ]);
  });
});

describe.concurrent('credentials are invalid-credentials if cnspec could not load their mondoo.yml', () => {
  const MAP = /The field `(?:annotations|labels)` of the credentials isn't a map of strings/;

  test.for<[row: string, fields: Document, says: RegExp]>([
    ['annotations that are text', { annotations: 'team=web' }, MAP],
    ['annotations that are a list', { annotations: ['team'] }, MAP],
    ['annotations with a number', { annotations: { version: 13 } }, MAP],
    ['annotations with a map in them', { Annotations: { team: { name: 'web' } } }, MAP],
    ['labels that are text', { labels: 'web' }, MAP],
    ['labels with a list in them', { labels: { team: ['web'] } }, MAP],
    ['auth a string', { auth: 'ssh' }, /The field `auth` of the credentials isn't an object/],
    [
      'auth with a method that is a list',
      { auth: { method: ['ssh'] } },
      /The field `auth` of the credentials/,
    ],
    ['category an object', { category: { a: 'b' } }, /The field `category` of the credentials isn't text/],
    [
      'updates_url an object',
      { updates_url: { a: 'b' } },
      /The field `updates_url` of the credentials isn't text/,
    ],
    ['features an object', { features: { a: 'b' } }, /The field `features` of the credentials isn't a list/],
    [
      'scan_interval a string',
      { scan_interval: '1h' },
      /The field `scan_interval` of the credentials isn't an object/,
    ],
    ['annotation key with a backslash', { annotations: { 'a\\b': 'x' } }, /a key with a backslash/],
    ['label key with a backslash', { labels: { 'a\\b': 'x' } }, /a key with a backslash/],
    ['key with a backslash', { 'annotations\\b': 'x' }, /a key with a backslash/],
    ['value with U+FFFE', { labels: { a: 'x\ufffe' } }, /a character that cnspec can't read/],
    ['value with a lone surrogate', { annotations: { a: '\ud800' } }, /a character that cnspec can't read/],
  ])('%s', async ([, fields, says], { stage }) => {
    const step = await runWith(stage, fields);
    expectRefused(step, stage, 'invalid-credentials', says);
  });

  test('other values reach cnspec unchanged', async ({ stage }) => {
    const fields = {
      annotations: { team: 'a\\b ✓ 😀', empty: '' },
      labels: {},
      auth: {},
      category: 'cicd',
      features: ['a'],
      scan_interval: { timer: 60, splay: 60 },
      auto_update: false,
    };
    const step = await runWith(stage, { ...fields, auth: null, labels: null });
    expect(step.outputs.status, step.log).toBe('ok');
    const again = await runWith(stage, fields);
    expect(configOf(again)).toMatchObject(fields);
  });
});

describe.concurrent('credentials for another authentication method of cnspec are invalid-credentials', () => {
  const GENERATE = /Generate Long-Lived Credentials/;
  const TOKEN = 'mat_Zk3vW9pQx7Lr2TnB8sYc5HdJf4GmKa6E';

  test.for([
    ['ssh', /signs in with an SSH key/],
    ['wif', /signs in with workload identity federation/],
  ] as const)('auth: {method: %s}', async ([method, says], { stage }) => {
    const step = await runWith(stage, { auth: { method } });
    expectRefused(step, stage, 'invalid-credentials', says, /If .* `private_key` too, remove `auth`/);
  });

  test.for<[row: string, document: (credentials: Credentials) => Document, says: RegExp]>([
    [
      'auth: {method: oauth, access_token}',
      () => ({
        api_endpoint: 'https://us.api.mondoo.com',
        auth: { method: 'oauth', access_token: TOKEN, issuer: 'https://login.example.com' },
      }),
      /signs in with a person's browser login/,
    ],
    [
      'auth: {method: oauth, access_token} together with a key',
      (credentials) => ({ ...credentials, AUTH: { Method: 'oauth', Access_Token: TOKEN } }),
      /signs in with a person's browser login/,
    ],
    [
      'token without a key',
      ({ mrn, api_endpoint }) => ({ mrn, api_endpoint, token: TOKEN }),
      /signs in with a token\. The action needs a service account/,
    ],
    ['TOKEN alone', () => ({ TOKEN }), /signs in with a token\. The action needs a service account/],
  ])('%s', async ([, document, says], { stage }) => {
    stage.alsoSecret([TOKEN]);
    const given = document(stage.credentials);
    for (const credentials of [JSON.stringify(given, null, 2), stringify(given)]) {
      const step = await stage.run({ credentials });
      expectRefused(step, stage, 'invalid-credentials', says, GENERATE);
      expect(step.masks).toContain(TOKEN);
      // The secrets are masked before any input is rejected.
      const refused = await stage.run({ credentials, timeout: 'soon' });
      expect(refused.masks).toContain(TOKEN);
    }
  });
});

/** A key in lines of another length, or with other text between its first and its last line. */
const inLines = (pem: string, length: number, separator = '\n') => {
  const [begin = '', ...rest] = pem.trim().split('\n');
  const end = rest.pop();
  const pieces = rest.join('').match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
  return `${begin}\n${pieces.join(separator)}\n${end}\n`;
};

describe.concurrent('a key in another layout is written and masked as canonical PEM', () => {
  test.for<[row: string, (pem: string) => string]>([
    [
      'EC PARAMETERS before the key',
      (pem) => `-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n${pem}`,
    ],
    ['a blank line inside the PEM', (pem) => pem.replace(/^(?=M)/m, '\n').replace(/\n(?=-----END)/, '\n \n')],
    ['a blank line in the middle of the PEM', (pem) => pem.replace(/^(M.*)\n/m, '$1\n\n')],
    ['a header inside the PEM', (pem) => pem.replace(/^(?=M)/m, 'Comment: made by openssl\n\n')],
    ['a header inside the PEM without a blank line', (pem) => pem.replace(/^(?=M)/m, 'X-Owner: team-web\n')],
    ['lines of 12', (pem) => inLines(pem, 12)],
    ['a key in groups of 8', (pem) => inLines(pem, 8, ' ')],
    ['lines of 12 and a header', (pem) => inLines(pem, 12).replace('-----\n', '-----\nComment: x\n\n')],
    ['an indented key', (pem) => pem.replace(/^/gm, '    ')],
  ])('%s', async ([, lay], { stage }) => {
    const key = stage.credentials.private_key;
    const step = await runWith(stage, { private_key: lay(key) });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(configOf(step).private_key).toBe(key);
    for (const line of key.trim().split('\n')) expect(step.masks).toContain(line);
    // The end check of the stage looks for every piece of the key in this log.
    await step.job.runScript(PRINT);
  });

  test('several keys are rejected', async ({ stage }) => {
    const other = await stage.platform.mint();
    const step = await runWith(stage, { private_key: stage.credentials.private_key + other.private_key });
    expectRefused(step, stage, 'invalid-credentials', /`private_key` .* holds several keys/);
  });
});

test.concurrent('a certificate with an unreadable date counts as none', async ({ stage }) => {
  const der = Buffer.from(stage.credentials.certificate.replace(/-----.*-----|\s/g, ''), 'base64');
  // Both dates of a certificate are UTCTime: the tag 0x17, 13 characters.
  const damaged = der.toString('latin1').replace(/\x17\x0d\d{12}Z/g, '\x17\x0d999999999999Z');
  const base64 = Buffer.from(damaged, 'latin1').toString('base64');
  const step = await runWith(stage, {
    certificate: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  });
  expect(step.outputs, step.log).toMatchObject({ status: 'ok' });
  expect(step.outputs).not.toHaveProperty('credentials-expire');
  expect(step.annotations).toEqual([
    {
      level: 'warning',
      message: expect.stringContaining("the action can't check the expiry of the credentials"),
    },
  ]);
});
