import { expect, test } from 'vitest';
import { parseWorkflowCommand } from '../../simulator/workflow-command.ts';

const KNOWN = new Set(['error', 'add-mask']);
const parse = (line: string) => parseWorkflowCommand(line, KNOWN);

test.each([
  ['::error::It failed', { name: 'error', properties: {}, data: 'It failed' }],
  [' \t::error::It failed', { name: 'error', properties: {}, data: 'It failed' }],
  ['::ERROR::It failed', { name: 'error', properties: {}, data: 'It failed' }],
  [
    '::error title=Oh,line=3::It: failed',
    { name: 'error', properties: { title: 'Oh', line: '3' }, data: 'It: failed' },
  ],
  ['::error title=a%3A%2C%25%0Ab::', { name: 'error', properties: { title: 'a:,%\nb' }, data: '' }],
  ['::error title=::It failed', { name: 'error', properties: {}, data: 'It failed' }],
  ['::error::a%0Ab%0Dc%25%3A%2C', { name: 'error', properties: {}, data: 'a\nb\rc%%3A%2C' }],
  ['::error::100%250A', { name: 'error', properties: {}, data: '100%0A' }],
  ['text ##[error]It failed', { name: 'error', properties: {}, data: 'It failed' }],
  ['##[error title=a%5D%3B]b%3B%0Ac', { name: 'error', properties: { title: 'a];' }, data: 'b;\nc' }],
  ['::nothing::text ##[add-mask]secret', { name: 'add-mask', properties: {}, data: 'secret' }],
])('%s', (line, command) => {
  expect(parse(line)).toEqual(command);
});

test.each(['text ::error::It failed', '::nothing::text', '::error: no', '##[error', '##[nothing]text', ''])(
  'is text: %s',
  (line) => {
    expect(parse(line)).toBeUndefined();
  },
);
