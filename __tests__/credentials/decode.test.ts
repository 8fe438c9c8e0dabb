import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import {
  type CredentialsDocument,
  decodeCredentials,
  duplicateKeyIn,
  lowerKeys,
} from '../../src/credentials/decode.ts';
import { diagnose } from '../../src/credentials/diagnose.ts';
import { readServiceAccount } from '../../src/credentials/service-account.ts';
import { ActionError } from '../../src/util/errors.ts';
import { credentials, expectSilence, failureOf, KEY_PEM, NOW, parseGiven, pemBody } from '../fixtures.ts';

const BODY = pemBody(KEY_PEM);
const document = credentials();
const json = JSON.stringify(document, null, 2);
const yaml = stringify(document);

const read: (given: string) => CredentialsDocument = parseGiven;

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Base64 with line ends, as `base64` without `-w0` writes it. */
function wrapped(text: string, lineEnd = '\n'): string {
  return base64(text)
    .match(/.{1,76}/g)!
    .join(lineEnd);
}

function refusalOf(given: string): ActionError {
  const error = failureOf(() => read(given), BODY);
  expect(error.code).toBe('invalid-credentials');
  return error;
}

describe('the accepted forms', () => {
  it.each([
    ['JSON, pretty-printed', json, 'JSON'],
    ['JSON in one line', JSON.stringify(document), 'JSON'],
    ['JSON with a byte order mark', `\uFEFF${json}`, 'JSON'],
    ['JSON with CRLF line ends', json.replaceAll('\n', '\r\n'), 'JSON'],
    ['JSON between white space', `\r\n \t${json}\n\n`, 'JSON'],
    ['base64 in one line', base64(json), 'base64 of JSON'],
    ['base64 in lines', `${wrapped(json)}\n`, 'base64 of JSON'],
    ['base64 in lines with CRLF', wrapped(json, '\r\n'), 'base64 of JSON'],
    ['base64 of JSON with a byte order mark', base64(`\uFEFF${json}\r\n`), 'base64 of JSON'],
    ['YAML', yaml, 'YAML'],
    ['YAML with a comment above', `# cnspec\n${yaml}`, 'YAML'],
    ['YAML with a document marker', `---\n${yaml}`, 'YAML'],
    ['YAML with CRLF line ends', yaml.replaceAll('\n', '\r\n'), 'YAML'],
    ['base64 of YAML', base64(yaml), 'base64 of YAML'],
  ])('are recognized by content: %s', (_, given, form) => {
    expect(decodeCredentials(given).form).toBe(form);
    expect(read(given)).toEqual(document);
  });

  it('are decoded to text without the white space around it', () => {
    expect(decodeCredentials(`\uFEFF\n${json}\n`).text).toBe(json);
    expect(decodeCredentials(base64(`\uFEFF${json}\r\n`)).text).toBe(json);
  });

  it('keep keys and values that the action does not use', () => {
    expect(read('{"mrn": "x", "typename": "T", "labels": {"a": 1}, "features": ["b"], "n": null}')).toEqual({
      mrn: 'x',
      typename: 'T',
      labels: { a: 1 },
      features: ['b'],
      n: null,
    });
  });

  it('keep a key that is special in JavaScript', () => {
    expect(Object.keys(read('{"__proto__": {"mrn": "x"}}'))).toEqual(['__proto__']);
    expect(Object.keys(read('__proto__:\n  mrn: x\n'))).toEqual(['__proto__']);
  });
});

describe('keys in capital and small letters', () => {
  /** A text with some letters in capitals. */
  const spelled = (text: string) =>
    fc
      .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
      .map((capital) => [...text].map((c, at) => (capital[at] ? c.toUpperCase() : c)).join(''));
  const entries = Object.entries(document);
  const spelledDocument = fc
    .tuple(...entries.map(([key]) => spelled(key)))
    .map((keys) => Object.fromEntries(keys.map((key, at) => [key, entries[at]![1]])));
  const write = fc.constantFrom(JSON.stringify, stringify, (value: unknown) => base64(JSON.stringify(value)));

  it('are read as cnspec reads them, nested ones too', () => {
    expect(read('{"MRN": "X", "Labels": {"Team": "Web"}, "List": [{"A": 1}]}')).toEqual({
      mrn: 'X',
      labels: { team: 'Web' },
      list: [{ a: 1 }],
    });
    fc.assert(
      fc.property(spelledDocument, write, (given, write) => {
        expect(read(write(given))).toEqual(document);
      }),
    );
  });

  it('are rejected if a key occurs twice, in any case', () => {
    const name = fc.constantFrom(...entries.map(([key]) => key));
    const pair = name.chain((key) => fc.tuple(spelled(key), spelled(key)));
    fc.assert(
      fc.property(pair, write, ([one, other], write) => {
        fc.pre(one !== other);
        expect(refusalOf(write({ [one]: 'a', [other]: 'b' })).message).toMatch(/have the same key twice/);
      }),
    );
  });
});

describe('base64 that cannot be decoded', () => {
  it.each([
    ['cut off', base64(json).slice(0, -3)],
    ['cut off in a line', wrapped(json).slice(0, 400)],
    ['with a character lost', base64(json).replace(/.$/, '')],
    ["of bytes that aren't text", Buffer.from([0xff, 0xfe, 0x80, 0x81, 0x82, 0xc0]).toString('base64')],
    ['with padding in the middle', 'ab==cdef'],
    ['with bits left over', 'YWJjZB=='],
    ['that is a name', 'MONDOO_CREDENTIALS'.replace('_', '')],
    ['that is a path', 'home/runner/mondoo/config'],
  ])('is rejected as cut off or as something else: %s', (_, given) => {
    const { message, remedy, evidence } = refusalOf(given);
    expect(message).toMatch(/neither JSON nor YAML, and can't be decoded as base64\. .*name\.$/);
    expect(evidence).toMatch(/^Length: \d+ characters$/);
    expect(message).toMatch(/cut off or something else, such as a path or a name/);
    expect(remedy).toMatch(/from the opening brace to the closing brace/);
  });

  it('is reported with its length without white space', () => {
    expect(refusalOf('abc\ndef').evidence).toBe('Length: 6 characters');
  });

  it.each(['eyJh_-aa', 'eyJhIjoiPz8_In0', 'my-credentials'])(
    'is rejected as URL-safe base64: %s',
    (given) => {
      const { message, remedy } = refusalOf(given);
      expect(message).toMatch(/look like URL-safe base64/);
      expect(remedy).toMatch(/`base64 -w0 credentials\.json`/);
    },
  );
});

describe('JSON with a syntax error', () => {
  it.each([
    ['a comma too many', '{\n  "mrn": "x",\n}', 'there is an error at line 3, column 1.'],
    ['text after the object', '{"mrn":"x"} and more', 'there is an error at line 1, column 13'],
    ['a line end inside of a string', '{"private_key":"a\nb"}', 'there is an error at line 1, column 18'],
    ['other quotes', "{'mrn':'x'}", 'there is an error at line 1, column 2'],
    ['its end missing', '{"mrn":', 'they end too early.'],
  ])('is rejected with line and column: %s', (_, given, where) => {
    const { message, remedy } = refusalOf(given);
    expect(message).toContain("The credentials (JSON) aren't valid JSON: ");
    expect(message).toContain(where);
    expect(remedy).toMatch(/from the opening brace to the closing brace/);
  });

  it('is rejected without quoting the text around the error', () => {
    refusalOf(json.replace(BODY.slice(0, 64), `${BODY.slice(0, 20)}\n"${BODY.slice(20, 64)}`));
    refusalOf(json.slice(0, json.indexOf(BODY.slice(64, 96)) + 10));
    refusalOf(`{"private_key": ${BODY}}`);
    refusalOf(`{${BODY}: 1}`);
  });
});

describe('YAML with a syntax error', () => {
  it.each([
    ['a bracket that is not closed', 'a: [1', /BAD_INDENT at line 1, column 6/],
    ['text after a value', 'a: "b" c', /UNEXPECTED_TOKEN at line 1, column \d+/],
    ['a wrong indentation', 'a:\n  b: 1\n c: 2\n', /at line 3, column \d+/],
  ])('is rejected with kind and position: %s', (_, given, where) => {
    const { message } = refusalOf(given);
    expect(message).toMatch(/neither JSON nor valid YAML: /);
    expect(message).toMatch(where);
  });

  it('is rejected without quoting the text around the error', () => {
    refusalOf(`private_key: "${BODY}" ${BODY}`);
    refusalOf(`private_key: [${BODY}`);
    refusalOf(`"${BODY}`);
    refusalOf(`a: 1\n${BODY.slice(0, 40)} x: &${BODY.slice(0, 40)} *${BODY.slice(40, 80)}: [`);
  });

  it.each(['a: &x 1\nb: *x', 'a: *nowhere'])('is rejected because of aliases: %j', (given) => {
    const { message, remedy } = refusalOf(given);
    expect(message).toMatch(/YAML with aliases/);
    expect(remedy).toMatch(/Replace each alias/);
  });
});

describe('duplicate keys', () => {
  it.each([
    ['JSON', '{\n"mrn": "a",\n"mrn": "b"}', 'line 3, column 1'],
    ['JSON', '{"mrn": "a", "m\\u0072n": "b"}', 'line 1, column 14'],
    ['JSON', '{"annotations": {"a": 1, "a": 2}}', 'line 1, column 26'],
    ['base64 of JSON', base64('{"mrn": "a", "mrn": "b"}'), 'line 1, column 14'],
    ['YAML', 'mrn: a\nspace_mrn: b\nmrn: c\n', 'line 3, column 1'],
    ['YAML', 'mrn: a\n"mrn": c\n', 'line 2, column 1'],
  ])('are rejected in %s: %j', (form, given, where) => {
    const { message, remedy } = refusalOf(given);
    expect(message).toContain(
      `The credentials (${form}) have the same key twice, the second time at ${where}.`,
    );
    expect(remedy).toMatch(/Remove the outdated one/);
  });

  it('are rejected without quoting either value', () => {
    refusalOf(json.replace('{', `{"private_key": ${JSON.stringify(KEY_PEM)},`));
  });
});

describe('a document that is not an object', () => {
  it.each([
    ['[1, 2]', 'YAML', 'hold a list'],
    ['# nothing but a comment', 'YAML', 'hold nothing'],
    ['~', 'YAML', 'hold nothing'],
    ['./credentials.json', 'YAML', 'hold a string'],
    ['"12"', 'YAML', 'hold a string'],
    ['12.5e3', 'YAML', 'hold a number'],
    [base64('[1, 2, "three"]'), 'base64 of YAML', 'hold a list'],
  ])('is rejected with the type of its content: %s', (given, form, found) => {
    const { message, remedy } = refusalOf(given);
    expect(message).toContain(`The credentials (${form}) ${found} instead of fields such as \`mrn\``);
    expect(remedy).toMatch(/from the opening brace to the closing brace/);
  });

  it('is reported as quoted and escaped if it is the object as a string', () => {
    const { message, remedy } = diagnose({ text: JSON.stringify(json), isDecoded: false })!;
    expect(message).toMatch(/JSON with escaped quotes or line breaks/);
    expect(remedy).toMatch(/Store the JSON unchanged/);
  });

  it('is reported as a registration token if it is one', () => {
    const text = 'eyJhbGciOiJFUzM4NCJ9.eyJzcGFjZSI6IngifQ.c2lnbmF0dXJl';
    const { message, remedy } = diagnose({ text, isDecoded: false })!;
    expect(message).toMatch(/is a registration token/);
    expect(remedy).toMatch(/Pass it with the input `registration-token`/);
  });
});

describe('any text', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Reads a text: it works or throws an ActionError, and never prints a byte of the key. */
  function readToTheEnd(given: string): void {
    try {
      readServiceAccount(read(given), { now: NOW });
    } catch (error) {
      expect(error).toBeInstanceOf(ActionError);
      expect((error as ActionError).code).toBe('invalid-credentials');
      expect((error as ActionError).remedy).not.toBe('');
      expectSilence(error as ActionError, BODY);
    }
  }

  it('is read or rejected, and nothing else is printed', () => {
    const warned = vi.spyOn(process, 'emitWarning');
    const printed = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    readToTheEnd('? {a: b}\n: !unknown c\n%FOO\n');
    readToTheEnd('? [a, b]\n: !unknown c\n');
    readToTheEnd('%YAML 9.9\n---\nmrn: x\n');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json()), (text) => {
        if (text.trim() !== '') readToTheEnd(text);
      }),
    );
    for (const spy of [warned, ...printed]) expect(spy).not.toHaveBeenCalled();
  });

  it('never exposes a piece of the key, however valid credentials are damaged', () => {
    const originals = [
      json,
      JSON.stringify(document),
      yaml,
      base64(json),
      wrapped(yaml),
      JSON.stringify(json),
    ];
    const scraps = [
      '',
      '\n',
      '\r',
      '"',
      '\\',
      '\\n',
      ',',
      ':',
      ': ',
      '{',
      '}',
      '[',
      '&',
      '*',
      '- ',
      '\t',
      '\0',
      '%',
    ];
    const damage = fc.record({
      original: fc.constantFrom(...originals),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 400 })),
      instead: fc.oneof(fc.constantFrom(...scraps), fc.string({ maxLength: 12 })),
      cut: fc.boolean(),
    });
    fc.assert(
      fc.property(damage, ({ original, at, length, instead, cut }) => {
        const from = Math.floor(at * original.length);
        const rest = cut ? '' : original.slice(from + length);
        readToTheEnd(original.slice(0, from) + instead + rest);
      }),
    );
  });

  it('never exposes a piece of the key, with any values in the fields', () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(KEY_PEM, BODY, [KEY_PEM], { a: KEY_PEM }, null, 12, true, ''),
      fc.string(),
    );
    const fields = fc.dictionary(fc.constantFrom(...Object.keys(document), 'agent_mrn', 'scope_mrn'), value);
    fc.assert(fc.property(fields, (changes) => readToTheEnd(JSON.stringify({ ...document, ...changes }))));
  });
});

describe('a duplicate JSON key', () => {
  it.each([
    ['{"a": 1, "a": 2}', 9],
    ['{"a": {"b": 1, "b": 2}}', 15],
    ['[{"a": 1}, {"a": 1, "\\u0061": 2}]', 20],
    ['{"a": "x", "b": ["a", {"a": 1}], "c": {"a": 2}, "a": 3}', 48],
  ])('is found: %s', (json, offset) => expect(duplicateKeyIn(json)).toBe(offset));

  it.each(['{"a": {"a": {"a": 1}}}', '[{"a": 1}, {"a": 2}]', '{"a": "\\"a\\": {", "b": "}"}', '"a"', '{}'])(
    'is not found if there is none: %s',
    (json) => expect(duplicateKeyIn(json)).toBeUndefined(),
  );

  it('is never found in JSON.stringify output, and always found after a key is added again', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, at) => {
        const json = JSON.stringify(lowerKeys(value));
        expect(duplicateKeyIn(json)).toBeUndefined();
        const keys = Object.keys(value);
        const again = `${json.slice(0, -1)}, ${JSON.stringify(keys[at % keys.length])}: 1}`;
        expect(duplicateKeyIn(again)).toBe(json.length + 1);
      }),
    );
  });
});
