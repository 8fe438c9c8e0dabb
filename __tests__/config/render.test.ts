import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isOurs } from '../../src/config/read.ts';
import { mondooConfig, renderMondooYml } from '../../src/config/render.ts';
import type { CredentialsDocument } from '../../src/credentials/decode.ts';
import { CLIENT_MRN, credentials, KEY_PEM } from '../fixtures.ts';

const ENDPOINT = 'https://eu.api.mondoo.com';

/** Adds the endpoint and these keys. */
const configOf = (given: CredentialsDocument, added: CredentialsDocument = {}, annotations = {}) =>
  mondooConfig(given, { api_endpoint: ENDPOINT, ...added }, annotations);

/** Renders a file if the source doesn't matter. */
function render(config: CredentialsDocument): string {
  return renderMondooYml(config, 'a test');
}

describe('mondooConfig', () => {
  it('keeps every key of the credentials, and sets the endpoint', () => {
    const given = credentials({
      typename: 'T',
      labels: { a: 'b' },
      features: ['x'],
      scan_interval: { timer: 60 },
    });
    expect(configOf(given)).toEqual({ ...given, api_endpoint: ENDPOINT });
  });

  it('adds the client', () => {
    expect(configOf(credentials({ agent_mrn: 'old' }), { agent_mrn: CLIENT_MRN })).toMatchObject({
      agent_mrn: CLIENT_MRN,
    });
    expect(configOf(credentials())).not.toHaveProperty('agent_mrn');
    expect(configOf(credentials({ agent_mrn: CLIENT_MRN }), { agent_mrn: undefined }).agent_mrn).toBe(
      CLIENT_MRN,
    );
  });

  it('adds the proxy of the workflow, or keeps the proxy of the credentials', () => {
    const given = credentials({ api_proxy: 'http://old.example.org:3128' });
    const apiProxy = 'http://new.example.org:3128/';
    expect(configOf(given, { api_proxy: apiProxy }).api_proxy).toBe(apiProxy);
    expect(configOf(given).api_proxy).toBe('http://old.example.org:3128');
    expect(configOf(credentials())).not.toHaveProperty('api_proxy');
  });

  it('adds the mirror of the workflow, or keeps the mirror of the credentials', () => {
    const given = credentials({ updates_url: 'https://old.example.org' });
    const updatesUrl = 'https://new.example.org';
    expect(configOf(given, { updates_url: updatesUrl }).updates_url).toBe(updatesUrl);
    expect(configOf(given).updates_url).toBe('https://old.example.org');
    expect(configOf(credentials())).not.toHaveProperty('updates_url');
  });

  it('adds annotations to existing ones, and the new ones override', () => {
    const given = credentials({ annotations: { a: 'old', b: 'kept' } });
    const added = { a: 'new', c: 'added' };
    expect(configOf(given, {}, added).annotations).toEqual({ a: 'new', b: 'kept', c: 'added' });
    expect(configOf(given).annotations).toEqual({ a: 'old', b: 'kept' });
    expect(configOf(credentials())).not.toHaveProperty('annotations');
  });

  it('adds annotations if there are none: null', () => {
    const config = configOf(credentials({ annotations: null }), {}, { a: 'b' });
    expect(config.annotations).toEqual({ a: 'b' });
  });

  it('does not modify the credentials', () => {
    const given = Object.freeze(credentials());
    configOf(given, { agent_mrn: CLIENT_MRN }, { a: 'b' });
    expect(given).toEqual(credentials());
  });
});

describe('renderMondooYml', () => {
  it('begins with a comment that names the action and the source', () => {
    const [comment, ...rest] = renderMondooYml({ mrn: 'x' }, 'the input credentials').split('\n');
    expect(comment).toMatch(
      /^# Written by register-cnspec from the input credentials\. .*cleanup removes .*private key/,
    );
    expect(rest.join('\n')).toBe('mrn: x\n');
  });

  it('writes each PEM as a block of lines, like cnspec', () => {
    const lines = KEY_PEM.trimEnd()
      .split('\n')
      .map((line) => `  ${line}\n`);
    expect(render({ private_key: KEY_PEM })).toContain(`private_key: |\n${lines.join('')}`);
    expect(render({ private_key: KEY_PEM.trimEnd() })).toContain(`private_key: |-\n${lines.join('')}`);
  });

  it('writes repeated values twice, because the parser rejects aliases', () => {
    const shared = { a: 'b' };
    expect(render({ one: shared, two: shared, three: KEY_PEM, four: KEY_PEM })).not.toMatch(/[&*]/);
  });

  it('never folds long lines', () => {
    const long = 'word '.repeat(100).trim();
    expect(render({ name: long })).toContain(`name: ${long}\n`);
  });

  // Values that YAML 1.1 or 1.2 would otherwise parse as another type than text.
  const AMBIGUOUS = [
    ...[
      '',
      ' ',
      ' x',
      'x ',
      '~',
      'null',
      'Null',
      'true',
      'True',
      'yes',
      'Yes',
      'y',
      'n',
      'no',
      'NO',
      'on',
      'off',
    ],
    ...[
      '0',
      '-1',
      '+1',
      '012',
      '0o14',
      '0x1F',
      '0b11',
      '1_000',
      '1.5',
      '1e3',
      '.5',
      '.inf',
      '-.INF',
      '.nan',
      '1:20',
    ],
    ...[
      '190:20:30.15',
      '2026-11-24',
      '2026-11-24T22:59:43Z',
      '=',
      '<<',
      '*x',
      '&x',
      '!x',
      '!!str x',
      '%x',
      '@x',
    ],
    ...[
      '`x`',
      '|',
      '>',
      '- x',
      '-',
      '? x',
      '?',
      ': x',
      ':',
      'x: y',
      'x:',
      '# x',
      'x # y',
      'x#y',
      '[x]',
      '{x}',
      ',',
    ],
    ...[
      '"x"',
      "'x'",
      "it's",
      '\\n',
      '---',
      '...',
      '--- x',
      '\n',
      '\nx',
      'x\n',
      'x\n\n',
      'x\r\ny',
      '\tx',
      'x\ty',
    ],
    ...['  a\nb', 'a\n  b\nc', '\n  a\nb', 'a\n#b', 'a\n---\nb', '\u0000', '\u001b[0m', '😀', 'a\\b'],
  ];

  it.each(['1.1', '1.2'] as const)('keeps every text a string under YAML %s', (version) => {
    const read = (text: string) => parse(text, { version });
    for (const text of AMBIGUOUS) {
      expect(read(render({ before: 'a', key: text, after: 'b' }))).toEqual({
        before: 'a',
        key: text,
        after: 'b',
      });
      expect(read(render({ annotations: { key: text, after: 'b' } }))).toEqual({
        annotations: { key: text, after: 'b' },
      });
      expect(read(render({ annotations: { [text]: 'x', z: 'b' } }))).toEqual({
        annotations: { [text]: 'x', z: 'b' },
      });
    }
  });

  it.each(['1.1', '1.2'] as const)('keeps any keys and values under YAML %s', (version) => {
    const text = fc.oneof(
      fc.constantFrom(...AMBIGUOUS),
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc
        .array(fc.constantFrom('\n', ' ', '\t', '#', ':', '-', 'a', '"', "'", '\r', '\\'), { maxLength: 8 })
        .map((all) => all.join('')),
    );
    const value = fc.oneof(
      text,
      fc.array(text, { maxLength: 3 }),
      fc.dictionary(text, text, { maxKeys: 3 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.dictionary(text, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), (config) => {
        expect(parse(render(config), { version })).toEqual(config);
      }),
    );
  });
});

describe("characters that cnspec's parser treats as line ends or rejects", () => {
  const SPECIAL = ['\u007f', '\u0080', '\u0085', '\u009f', '\u2028', '\u2029', '\ufeff'];

  it.each(SPECIAL)('are written as escapes, in keys and in values: %j', (character) => {
    const config = {
      plain: `a${character}b`,
      list: [`a${character}b\nc`],
      annotations: { [`k${character}`]: character },
    };
    const text = render(config);
    expect(text).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff]/);
    for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual(config);
  });

  it('reach every parser, whichever control characters a text has', () => {
    const control = fc.oneof(
      fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)),
      fc.constantFrom(...SPECIAL, '\ufffd', '\\', '"', ':', ' ', 'x', '\\ud800', '😀'),
    );
    const text = fc.string({ unit: control, maxLength: 12 });
    fc.assert(
      fc.property(fc.dictionary(text, text, { minKeys: 1, noNullPrototype: true }), (annotations) => {
        const written = render({ annotations });
        // The characters that cnspec's parser accepts, without the line ends of YAML 1.1.
        expect(written).toMatch(
          /^[\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u,
        );
        for (const version of ['1.1', '1.2'] as const)
          expect(parse(written, { version })).toEqual({ annotations });
      }),
    );
  });

  it('keep a backslash before what looks like an escape', () => {
    const config = { annotations: { path: 'C:\\ud800\\ufffe' } };
    expect(parse(render(config))).toEqual(config);
  });

  it('add no key to the file', () => {
    const text = render({ annotations: { a: 'x\u2028updates_url:\u2028 https://evil.example' } });
    // As go-yaml and libyaml parse it.
    expect(parse(text.replace(/[\u0085\u2028\u2029]/g, '\n'))).not.toHaveProperty('updates_url');
  });
});

describe('isOurs', () => {
  it('recognizes the output of renderMondooYml', () => {
    expect(isOurs(render(credentials()))).toBe(true);
  });

  it.each([
    '',
    'mrn: x\n',
    '\n# Written by register-cnspec',
    '# written by register-cnspec',
    '# Written by hand',
  ])('rejects files of others: %j', (content) => {
    expect(isOurs(content)).toBe(false);
  });
});
