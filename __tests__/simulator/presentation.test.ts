import { expect, test } from 'vitest';
import { formatIdTokenRequests } from '../../simulator/presentation.ts';

test.each([
  ['?audience=%2F%2Fx', 'an ID token  200  for //x'],
  ['?audience=', "an ID token  200  for the repository's owner"],
  ['', "an ID token  200  for the repository's owner"],
])('tells for whom an ID token was asked: %s', (query, row) => {
  expect(formatIdTokenRequests([{ line: `GET /a//idtoken${query}`, headers: {}, status: 200 }])).toBe(row);
});
