import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import biome from '../biome.json' with { type: 'json' };

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

describe('the dev container', () => {
  it('has the Node version that the action runs on', () => {
    const { using }: { using: string } = parse(read('action.yml')).runs;
    const { image }: { image: string } = JSON.parse(read('.devcontainer/devcontainer.json'));
    expect(image.split(':').at(-1)).toBe(using.replace('node', ''));
  });
});

describe('.editorconfig', () => {
  it('matches the formatter', () => {
    const lines = read('.editorconfig').split(/\r?\n/);
    expect(lines).toContain(`indent_style = ${biome.formatter.indentStyle}`);
    expect(lines).toContain(`indent_size = ${biome.formatter.indentWidth}`);
    expect(lines).toContain(`max_line_length = ${biome.formatter.lineWidth}`);
  });
});

const FORMS = '.github/ISSUE_TEMPLATE';
const forms = readdirSync(new URL(`../${FORMS}`, import.meta.url)).filter((file) => file !== 'config.yml');

/** https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms */
describe.each(forms)('the issue form %s', (file) => {
  interface Field {
    type: string;
    id?: string;
    attributes: { label?: string; value?: string; options?: string[] };
  }
  const form: { name: string; description: string; body: Field[] } = parse(read(`${FORMS}/${file}`));

  it('has the fields that GitHub requires', () => {
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    for (const { type, id, attributes } of form.body) {
      expect(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
      if (type === 'markdown') expect(attributes.value).toEqual(expect.any(String));
      else expect(attributes.label).toEqual(expect.any(String));
      if (type === 'dropdown') expect(new Set(attributes.options).size).toBe(attributes.options?.length);
      if (id !== undefined) expect(id).toMatch(/^[\w-]+$/);
    }
    const ids = form.body.map(({ id }) => id).filter((id) => id !== undefined);
    expect(ids).toEqual([...new Set(ids)]);
  });
});

it('a bug report form first warns not to paste credentials', () => {
  const [first] = parse(read(`${FORMS}/bug.yml`)).body;
  expect(first.attributes.value).toMatch(/^\*\*Never paste credentials/);
});
