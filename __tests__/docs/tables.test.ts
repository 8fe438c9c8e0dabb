import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Definition, drawTables, fillIn } from '../../scripts/tables.ts';
import { FINDINGS } from '../../src/util/errors.ts';

const action: Definition = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'));

const input = (description: string, fixed?: string) =>
  drawTables({
    inputs: { anything: { description, ...(fixed !== undefined && { default: fixed }) } },
    outputs: {},
  }).inputs!.split('\n')[2];

describe('drawTables', () => {
  it('has a row for every input, output and finding', () => {
    const tables = drawTables(action);
    const names = (table = '') => [...table.matchAll(/^\| \[?`([^`]+)`/gm)].map(([, name]) => name);
    expect(names(tables.inputs)).toEqual(Object.keys(action.inputs));
    expect(names(tables.outputs)).toEqual(Object.keys(action.outputs));
    expect(names(tables.findings)).toEqual(FINDINGS);
  });

  it('has a row for an unknown input', () => {
    expect(input('Whatever it does.')).toBe('| `anything` |  | Whatever it does. |');
  });

  it('shows the default from action.yml, or from the end of the description', () => {
    expect(input('How long.', '2m')).toBe('| `anything` | `2m` | How long. |');
    expect(input('Where to (default: the one at `https://example.com`).')).toBe(
      '| `anything` | the one at `https://example.com` | Where to. |',
    );
  });

  it('escapes text that would end a cell or a row', () => {
    expect(input('One | two\nthree.')).toBe('| `anything` |  | One \\| two three. |');
  });

  it('marks the findings that always fail the job', () => {
    const always = drawTables(action)
      .findings!.split('\n')
      .filter((row) => row.endsWith('| always |'));
    expect(always.map((row) => /`([^`]+)`/.exec(row)?.[1])).toEqual([
      'invalid-input',
      'missing-credentials',
      'invalid-credentials',
      'runner-error',
    ]);
  });
});

describe('fillIn', () => {
  const page = (inside: string) =>
    `# Page\n\n<!-- inputs: written by npm run docs -->${inside}<!-- /inputs -->\n\nMore\n`;

  it('replaces any text in the placeholder with the table, and nothing else', () => {
    const filled = page('\n\n| a |\n\n');
    expect(fillIn(page('\n'), { inputs: '| a |' })).toBe(filled);
    expect(fillIn(page('\n\n| old |\n\n'), { inputs: '| a |' })).toBe(filled);
    expect(fillIn(filled, { inputs: '| a |' })).toBe(filled);
  });

  it.each(['# Page\n', page('\n') + page('\n')])('rejects a page with no placeholder, or two: %j', (text) => {
    expect(() => fillIn(text, { inputs: '| a |' })).toThrow('no place for the table "inputs"');
  });
});
