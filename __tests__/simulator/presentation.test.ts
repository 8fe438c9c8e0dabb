import { expect, test } from 'vitest';
import type { RecordedRequest } from '../../simulator/platform.ts';
import { formatIdTokenRequests, formatRequests } from '../../simulator/presentation.ts';

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
  [{ headers: BEARER, status: 401, refusal: 'unknown key id' }, '401  not authenticated  (unknown key id)'],
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
