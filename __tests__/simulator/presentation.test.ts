import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RecordedRequest } from '../../simulator/platform.ts';
import { formatIdTokenRequests, formatJob, formatRequests } from '../../simulator/presentation.ts';
import { workloadIdentity } from '../../simulator/scenarios.ts';

const IDENTITY = workloadIdentity('https://us.api.mondoo.com', { issuer: 'https://github.example.org' });
const KEY = 'MIG2AgEAMBAGByqGSM49';
const PEM = `-----BEGIN PRIVATE KEY-----\n${KEY}\n-----END PRIVATE KEY-----\n`;

describe('the job of a workflow', () => {
  test('shows a workload identity as it is, and inputs that are no secret', () => {
    const credentials = JSON.stringify(IDENTITY, undefined, 2);
    expect(parse(formatJob({ credentials, register: 'false' }))).toEqual({
      permissions: { contents: 'read', 'id-token': 'write' },
      steps: [{ uses: './', with: { credentials, register: 'false' } }],
    });
  });

  test('takes a registration token from the secrets, whatever it says', () => {
    for (const token of ['a.b.c', JSON.stringify(IDENTITY), 'external_account']) {
      const { steps } = parse(formatJob({ 'registration-token': token }));
      expect(steps[0].with).toEqual({ 'registration-token': '${{ secrets.MONDOO_REGISTRATION_TOKEN }}' });
    }
  });

  test.each([
    ['a key', JSON.stringify({ private_key: PEM })],
    ['the words in another field', JSON.stringify({ private_key: PEM, note: 'external_account' })],
    ['the words as a name', JSON.stringify({ private_key: PEM, external_account: '' })],
    ['a key beside the type', JSON.stringify({ ...IDENTITY, private_key: PEM })],
    ['an escaped name', `{"type":"external_account","private\\u005fkey":"${KEY}"}`],
    ['a key further in', JSON.stringify({ ...IDENTITY, scopes: [{ private_key: KEY }] })],
    ['a key in the place of something else', JSON.stringify({ ...IDENTITY, audience: PEM })],
    ['another type', JSON.stringify({ ...IDENTITY, type: ['external_account', KEY] })],
    ['a token', JSON.stringify({ ...IDENTITY, jwtToken: KEY })],
    ['YAML', `type: external_account\nprivate_key: ${KEY}\n`],
    ['broken JSON', `{"type":"external_account","x":"${KEY}"`],
    ['a list', JSON.stringify([{ type: 'external_account', KEY }])],
    ['text', JSON.stringify(`external_account ${KEY}`)],
    ['nothing', ''],
    ['null', 'null'],
  ])('takes all other credentials from the secrets: %s', (_, credentials) => {
    const { steps } = parse(formatJob({ credentials }));
    expect(steps[0].with).toEqual({ credentials: '${{ secrets.MONDOO_CREDENTIALS }}' });
  });

  test.each([
    ['credentials', JSON.stringify({ private_key: PEM }), { contents: 'read' }],
    ['registration-token', JSON.stringify(IDENTITY), { contents: 'read' }],
    [
      'credentials',
      JSON.stringify({ ...IDENTITY, jwtToken: KEY }),
      { contents: 'read', 'id-token': 'write' },
    ],
  ])('may ask for ID tokens with a workload identity alone: %s %s', (input, value, permissions) => {
    expect(parse(formatJob({ [input]: value })).permissions).toEqual(permissions);
  });

  test('shows nothing of a field that another of the same name takes away', () => {
    const credentials = JSON.stringify(IDENTITY).replace('{', `{"scopes":{"private_key":"${KEY}"},`);
    const job = formatJob({ credentials });
    expect(job).toContain('external_account');
    expect(job).not.toContain(KEY);
  });
});

test.each([
  ['?audience=%2F%2Fx', 'an ID token  200  for //x'],
  ['?audience=', "an ID token  200  for the repository's owner"],
  ['', "an ID token  200  for the repository's owner"],
])('tells for whom an ID token was asked: %s', (query, row) => {
  expect(formatIdTokenRequests([{ line: `GET /a//idtoken${query}`, headers: {}, status: 200 }])).toBe(row);
});

const REQUEST: RecordedRequest = {
  method: 'AgentManager/RegisterAgent',
  headers: {},
  body: '',
  at: new Date(),
  serviceAccount: undefined,
  token: undefined,
  status: 200,
  code: 0,
  refusal: undefined,
};
const BEARER = { authorization: 'Bearer x' };

test.each<[Partial<RecordedRequest>, string]>([
  [{}, '200  without credentials'],
  [{ status: undefined }, 'no answer  without credentials'],
  [{ headers: BEARER, serviceAccount: '//x' }, '200  by //x'],
  [{ headers: BEARER, status: 401, refusal: 'unknown key id' }, '401  refused  (unknown key id)'],
  [{ headers: BEARER, token: 'a registration token' }, '200  by a registration token'],
  [
    { headers: BEARER, status: 401, token: 'a registration token', refusal: 'revoked token' },
    '401  a registration token, refused  (revoked token)',
  ],
  [{ token: 'an ID token' }, '200  by an ID token'],
  [
    { status: 401, token: 'an ID token', refusal: 'wrong subject' },
    '401  an ID token, refused  (wrong subject)',
  ],
])('tells who asked the platform, or by what it was tried: %j', (request, row) => {
  expect(formatRequests([{ ...REQUEST, ...request }])).toBe(`AgentManager/RegisterAgent  ${row}`);
});
