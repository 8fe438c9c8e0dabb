import { describe, expect } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { type Ran, type Stage, test } from './stage.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const json = (credentials: Credentials) => JSON.stringify(credentials, null, 2);
const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('base64');
/** The output of `certutil -encode`. */
const certutil = (text: string) =>
  `-----BEGIN CERTIFICATE-----\r\n${base64(text).replace(/.{64}/g, '$&\r\n')}\r\n-----END CERTIFICATE-----\r\n`;

const WRITE_SECRET = /Write `\$\{\{ secrets\.NAME \}\}`/;
const STORE_UNCHANGED = /`gh secret set NAME < credentials\.json`/;

const WORKLOAD_IDENTITY = JSON.stringify({
  type: 'external-account',
  universeDomain: 'https://us.api.mondoo.com',
  audience: '//captain.api.mondoo.app/spaces/lunalectric-website',
  issuerUri: 'https://token.actions.githubusercontent.com',
});

function expectRefused(step: Ran, stage: Stage, says: RegExp, fix: RegExp): void {
  expect(step.exitCode, step.log).toBe(1);
  expect(step.outputs.status).toBe('invalid-credentials');
  expect(step.outputs.error).toMatch(says);
  const [error, ...others] = step.annotations.filter(({ level }) => level === 'error');
  expect(others).toEqual([]);
  expect(error!.message).toMatch(fix);
  // The runner also masks braces if a line of a secret has nothing else.
  expect(error!.message.replace('${{ secrets.NAME }}', '')).not.toMatch(/[{}]/);
  expect(stage.platform.requests).toEqual([]);
}

type Row = [what: string, pasted: string | ((credentials: Credentials) => string), says: RegExp, fix: RegExp];

const NAME = /a name, not the credentials/;
const PATH = /the path of a file/;
const REFERENCE = /a reference to a secret, not the secret itself/;
const ESCAPED = /JSON with escaped quotes or line breaks/;
const AROUND = /with a name before it, or inside another object/;

const CREDENTIALS: Row[] = [
  ['MONDOO_CREDENTIALS', 'MONDOO_CREDENTIALS', NAME, WRITE_SECRET],
  ['my-secret (a bare word)', 'my-secret', NAME, WRITE_SECRET],
  ['secrets.json', 'secrets.json', PATH, /Store the content of the file as the secret/],
  ['op://Private/Mondoo/credentials.json', 'op://Private/Mondoo/credentials.json', REFERENCE, WRITE_SECRET],
  ['a path with a number', '/home/a+b/cred (1).json', PATH, /Store the content of the file as the secret/],
  ['credentials.json', 'credentials.json', PATH, /Store the content of the file as the secret/],
  ['a path', 'C:\\Users\\me\\my mondoo.yml', PATH, /Store the content of the file as the secret/],
  ['$CREDS', '$CREDS', REFERENCE, WRITE_SECRET],
  ['$' + '{CREDS}', '$' + '{CREDS}', REFERENCE, WRITE_SECRET],
  ['$' + '{ secrets.X }', '$' + '{ secrets.X }', REFERENCE, WRITE_SECRET],
  ['secrets.X', 'secrets.X', REFERENCE, WRITE_SECRET],
  ['%X%', '%X%', REFERENCE, WRITE_SECRET],
  ['op://vault/item', 'op://vault/item', REFERENCE, WRITE_SECRET],
  ['base64 in quotes', (c) => `"${base64(json(c))}"`, /base64 in quotes/, /without the quotes/],
  [
    'base64 with a trailing %',
    (c) => `${base64(json(c))}%`,
    /base64 with a `%` at the end/,
    /without the `%`/,
  ],
  ['base64 twice', (c) => base64(base64(json(c))), /encoded as base64 twice/, STORE_UNCHANGED],
  [
    'certutil -encode output',
    (c) => certutil(json(c)),
    /output of `certutil -encode`/,
    /without its first and last line/,
  ],
  [
    'a data: URL',
    (c) => `data:application/json;base64,${base64(json(c))}`,
    /a `data:` URL/,
    /Store only the text after the comma/,
  ],
  ['{\\"mrn\\"', (c) => JSON.stringify(json(c)).slice(1, -1), ESCAPED, STORE_UNCHANGED],
  ['{\\n "mrn" with literal backslash-n', (c) => json(c).replaceAll('\n', '\\n'), ESCAPED, STORE_UNCHANGED],
  ['{\\"mrn\\" in one line', (c) => JSON.stringify(c).replaceAll('"', '\\"'), ESCAPED, STORE_UNCHANGED],
  [
    'a code fence before the JSON',
    (c) => `\`\`\`json\n${json(c)}\n\`\`\``,
    /a Markdown code fence/,
    /without the fence/,
  ],
  [
    'a zero-width space before the JSON',
    (c) => `\u200b${json(c)}`,
    /an invisible character/,
    STORE_UNCHANGED,
  ],
  [
    'a shell prompt before the JSON',
    (c) => `$ cat credentials.json\n${json(c)}`,
    /a shell prompt/,
    /without the prompt/,
  ],
  [
    '*** copied from a log',
    (c) => json(c).replace(/[{}]/g, '***'),
    /`\*\*\*`, .*copied from a log/,
    /Mondoo Console/,
  ],
  ['NAME: {json}', (c) => `MONDOO_CREDENTIALS: ${JSON.stringify(c)}`, AROUND, /Store only the inner JSON/],
  ['NAME={json}', (c) => `MONDOO_CREDENTIALS=${JSON.stringify(c)}`, AROUND, /Store only the inner JSON/],
  ['{"credentials": {…}}', (c) => JSON.stringify({ credentials: c }), AROUND, /Store only the inner JSON/],
  [
    'base64 of {"credentials": {…}}',
    (c) => base64(JSON.stringify({ credentials: c })),
    AROUND,
    /Store only the inner JSON/,
  ],
  [
    'workload identity with a misspelt type',
    WORKLOAD_IDENTITY,
    /workload identity JSON, but its field `type` isn't `external_account`/,
    /Mondoo Console/,
  ],
];

describe.concurrent('pasted as credentials, it is rejected with its kind', () => {
  test.for(CREDENTIALS)('%s', async ([, pasted, says, fix], { stage }) => {
    const credentials = typeof pasted === 'string' ? pasted : pasted(stage.credentials);
    const step = await stage.run({ credentials });
    expectRefused(step, stage, says, fix);
  });
});

describe.concurrent('pasted as credentials, it is decoded', () => {
  test.for<[string, (text: string) => string]>([
    ['base64 of UTF-16 with a byte order mark (PowerShell)', (text) => utf16(`\uFEFF${text}`)],
    ['base64 of UTF-16 without a byte order mark (PowerShell)', utf16],
  ])('%s', async ([, encode], { stage }) => {
    const step = await stage.run({ credentials: encode(json(stage.credentials)) });
    expect(step.outputs.status, step.log).toBe('ok');
    // The secrets are masked before any input is rejected.
    const refused = await stage.run({ credentials: encode(json(stage.credentials)), timeout: 'soon' });
    for (const line of stage.credentials.private_key.trim().split('\n'))
      expect(refused.masks).toContain(line);
  });
});

describe.concurrent('pasted as registration token, it is rejected because of extra text', () => {
  test.for<[string, (token: string) => string]>([
    ['with its command (cnspec login --token eyJ…)', (token) => `cnspec login --token ${token}`],
    ['in quotes', (token) => `"${token}"`],
    ['with Bearer', (token) => `Bearer ${token}`],
    ['with NAME=', (token) => `MONDOO_REGISTRATION_TOKEN=${token}`],
    ['with a trailing %', (token) => `${token}%`],
  ])('%s', async ([, around], { stage }) => {
    const token = await stage.platform.issueRegistrationToken();
    const step = await stage.run({ credentials: '', 'registration-token': around(token) });
    expectRefused(step, stage, /contains a registration token and other text/, /Paste only the token/);
    expect(step.masks).toContain(token);
  });
});
