import path from 'node:path';
import { getInput } from '@actions/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { absolutePath, DEFAULTS, type Inputs, readInputs } from '../src/inputs.ts';
import { ActionError, FINDINGS } from '../src/util/errors.ts';
import { credentials, failureOf, jwt, KEY_PEM, OWNER_MRN, pemBody, piecesOf, SPACE } from './fixtures.ts';

const WORKSPACE = path.resolve('/home/runner/work/shop/shop');

/** Sets an input as the runner does: upper case, hyphens stay. */
function given(inputs: Record<string, string>): void {
  for (const [name, value] of Object.entries(inputs)) vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
}

/** The secrets that were masked. */
let masked: string[];

/** Reads the inputs as main does. */
function read(): Inputs {
  const mask = (secrets: string[]) => void masked.push(...secrets);
  return readInputs(getInput, {
    env: process.env,
    workspace: WORKSPACE,
    defaultName: 'acme/shop/scan',
    mask,
  });
}

function refusalOf(inputs: Record<string, string>, ...secrets: string[]): ActionError {
  given(inputs);
  const error = failureOf(read, ...secrets);
  expect(error.code).toBe('invalid-input');
  for (const name of Object.keys(inputs)) expect(error.message).toContain(`The input \`${name}\` `);
  expect(error.remedy).not.toBe('');
  return error;
}

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('INPUT_')) vi.stubEnv(name, undefined);
  vi.stubEnv('MONDOO_CONFIG_BASE64', undefined);
  masked = [];
});
afterEach(() => void vi.unstubAllEnvs());

/** A run that is skipped passes, so it is no finding to fail on. */
const GATEABLE = FINDINGS.filter((finding) => finding !== 'skipped');

describe('without any input', () => {
  const expected = {
    credentials: '',
    apiEndpoint: undefined,
    name: 'acme/shop/scan',
    annotations: {},
    register: true,
    configPath: undefined,
    maxClockSkew: 30_000,
    failOn: new Set(GATEABLE),
    onMissingCredentials: 'fail',
    registrationToken: '',
    expectSpace: undefined,
    timeout: 120_000,
    cnspecVersion: undefined,
    verifyWithCnspec: 'auto',
    updatesUrl: undefined,
    jobSummary: true,
  };

  it('the defaults hold', () => {
    expect(read()).toMatchObject(expected);
  });

  it('the defaults hold as well if a workflow passes inputs on that are empty', () => {
    given(
      Object.fromEntries(
        [
          ...Object.keys(DEFAULTS),
          ...['name', 'api-endpoint', 'config-path', 'cnspec-version', 'updates-url'],
        ].map((name) => [name, '']),
      ),
    );
    expect(read()).toMatchObject(expected);
  });

  it('the defaults hold if action.yml passes its own', () => {
    given(DEFAULTS);
    expect(read()).toMatchObject(expected);
  });
});

describe('credentials', () => {
  it('are read as they are, white space around them aside', () => {
    given({ credentials: '\n{"a":\r\n "b"}\n' });
    expect(read().credentials).toBe('{"a":\r\n "b"}');
  });
});

describe('secrets', () => {
  const BODY = pemBody(KEY_PEM);
  const TOKEN = jwt({ sub: 'nobody' });

  it.each([
    ['credentials', JSON.stringify(credentials()), BODY],
    ['registration-token', TOKEN, TOKEN],
    ['api-proxy', 'http://spy:correct-horse@proxy.example.org', 'correct-horse'],
  ])('are masked before any input is refused: %s', (name, text, secret) => {
    given({ [name]: text, timeout: 'soon' });
    expect(failureOf(read).message).toContain('The input `timeout`');
    expect(masked).toContain(secret);
  });

  it('are masked even if they contradict each other', () => {
    given({ credentials: JSON.stringify(credentials()), 'registration-token': TOKEN });
    expect(failureOf(read).message).toMatch(
      /^The input `registration-token` is set, and so is `credentials`\./,
    );
    expect(masked).toEqual(expect.arrayContaining([BODY, TOKEN]));
  });

  it('are masked in the environment, if the input is empty', () => {
    vi.stubEnv('MONDOO_CONFIG_BASE64', Buffer.from(JSON.stringify(credentials())).toString('base64'));
    read();
    expect(masked).toContain(BODY);
    masked = [];
    given({ credentials: TOKEN });
    read();
    expect(masked).toContain(TOKEN);
    expect(masked).not.toContain(BODY);
  });

  it('of a registration token make no sense with register: false', () => {
    given({ 'registration-token': TOKEN, register: 'false' });
    expect(failureOf(read, TOKEN).message).toMatch(/`registration-token` contradicts `register: false`/);
  });
});

describe('api-endpoint', () => {
  it('loses the slash at its end', () => {
    given({ 'api-endpoint': ' https://eu.api.mondoo.com/ ' });
    expect(read().apiEndpoint).toBe('https://eu.api.mondoo.com');
  });

  it.each([
    ['eu.api.mondoo.com', /is not a URL/],
    ['http://eu.api.mondoo.com', /is plain http/],
    ['https://user:correct-horse@eu.api.mondoo.com', /contains a user name or a password/],
  ])('is refused without being quoted: %s', (endpoint, found) => {
    const { message, remedy } = refusalOf({ 'api-endpoint': endpoint }, 'correct-horse');
    expect(message).toMatch(found);
    expect(remedy).toMatch(/such as `https:\/\/eu\.api\.mondoo\.com`/);
  });
});

describe('api-proxy', () => {
  it('is read as a URL', () => {
    given({ 'api-proxy': 'http://proxy.example.org:3128' });
    expect(read().apiProxy).toBe('http://proxy.example.org:3128/');
    given({ 'api-proxy': '' });
    expect(read().apiProxy).toBeUndefined();
  });

  it.each([
    'proxy.example.org',
    'socks5://user:correct-horse@proxy.example.org',
    'http://user:correct%horse@proxy.example.org',
  ])('is refused without being quoted: %s', (proxy) => {
    expect(refusalOf({ 'api-proxy': proxy }, 'correct-horse', 'correct%horse').remedy).toMatch(/URL-encode/);
  });
});

describe('name', () => {
  it('wins over what the run is called', () => {
    given({ name: ' a name ' });
    expect(read().name).toBe('a name');
  });
});

describe('annotations', () => {
  it('are one pair per line, white space around key and value aside', () => {
    given({ annotations: '\n team = platform \r\n\nurl=https://x/?a=b&c=d\nempty=\n  spaced key = a b \n' });
    expect(read().annotations).toEqual({
      team: 'platform',
      url: 'https://x/?a=b&c=d',
      empty: '',
      'spaced key': 'a b',
    });
  });

  it('may be called as JavaScript calls things', () => {
    given({ annotations: '__proto__=x\nconstructor=y' });
    expect(Object.entries(read().annotations)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each([
    ['a=b\nno pair\nc=d', 2],
    ['=value', 1],
    ['a=b\n\n  =x', 2],
  ])('are refused by the line that is no pair, without quoting it: %j', (annotations, line) => {
    const { message, remedy } = refusalOf({ annotations }, 'no pair=value');
    expect(message).toMatch(new RegExp(`isn't \`key=value\` in line ${line} \\(blank lines not counted\\)`));
    expect(remedy).toMatch(/one `key=value` pair per line/);
  });

  it('are refused if a key occurs twice', () => {
    expect(refusalOf({ annotations: 'a=1\nb=2\na=3' }).message).toMatch(
      /has a key twice, the second time in line 3/,
    );
  });

  it('are read as they were written, or refused as invalid-input, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', 'b', '=', ' ', '\n', '\r', '\t') })),
        (text) => {
          given({ annotations: text.replaceAll('\0', '') });
          try {
            for (const [key, value] of Object.entries(read().annotations)) {
              expect(key).toBe(key.trim());
              expect(key).not.toBe('');
              expect(key).not.toMatch(/[=\n]/);
              expect(value).toBe(value.trim());
              expect(value).not.toContain('\n');
              expect(text).toContain(key);
              expect(text).toContain(value);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(ActionError);
            expect((error as ActionError).code).toBe('invalid-input');
          }
        },
      ),
    );
  });
});

describe.each([
  ['register', 'register'],
  ['job-summary', 'jobSummary'],
] as const)('%s', (name, property) => {
  it.each([
    ['true', true],
    ['false', false],
    ['TRUE', true],
    ['False', false],
    [' false ', false],
  ])('is read: %j', (text, value) => {
    given({ [name]: text });
    expect(read()[property]).toBe(value);
  });

  it.each(['yes', '0', 'null', 'true false', 'falsee'])(
    'is refused when it is neither true nor false: %j',
    (text) => {
      const { message, remedy } = refusalOf({ [name]: text });
      expect(message).toMatch(/isn't one of `true`, `false`/);
      expect(remedy).toBe(`Set \`${name}\` to one of these, or leave it out.`);
    },
  );
});

describe('config-path', () => {
  it.each([
    ['mondoo.yml', path.join(WORKSPACE, 'mondoo.yml')],
    ['../elsewhere/x.yml', path.resolve(WORKSPACE, '../elsewhere/x.yml')],
    [path.resolve('/etc/opt/x.yml'), path.resolve('/etc/opt/x.yml')],
    ['sub/', path.join(WORKSPACE, 'sub')],
  ])('is absolute, seen from the workspace: %s', (text, configPath) => {
    given({ 'config-path': text });
    expect(read().configPath).toBe(configPath);
  });

  it.each([
    ['/home/runner/work/shop', 'mondoo.yml', '/home/runner/work/shop/mondoo.yml'],
    ['/Users/runner/work/shop', '../private/./x.yml', '/Users/runner/work/private/x.yml'],
    ['/home/runner/work/shop', '/etc/opt/x.yml', '/etc/opt/x.yml'],
    ['/home/runner/work/shop', 'a\\b.yml', '/home/runner/work/shop/a\\b.yml'],
  ])('is written as Linux and macOS do: in %s, %s', (workspace, text, expected) => {
    expect(absolutePath(text, workspace, path.posix)).toBe(expected);
  });

  it.each([
    ['mondoo.yml', 'D:\\a\\shop\\mondoo.yml'],
    ['private/x.yml', 'D:\\a\\shop\\private\\x.yml'],
    ['..\\private\\x.yml', 'D:\\a\\private\\x.yml'],
    ['C:\\mondoo\\x.yml', 'C:\\mondoo\\x.yml'],
    ['C:/mondoo/x.yml', 'C:\\mondoo\\x.yml'],
    ['/mondoo/x.yml', 'D:\\mondoo\\x.yml'],
    ['\\\\server\\share\\x.yml', '\\\\server\\share\\x.yml'],
  ])('is written as Windows does: %s', (text, expected) => {
    expect(absolutePath(text, 'D:\\a\\shop', path.win32)).toBe(expected);
  });

  it.each(['~', '~/mondoo.yml', '~\\mondoo.yml', '~runner/x'])(
    'is refused with a tilde, which nothing here replaces: %s',
    (text) => {
      const { message, remedy } = refusalOf({ 'config-path': text });
      expect(message).toMatch(/starts with "~", which only a shell replaces/);
      expect(remedy).toContain('Write the whole path');
    },
  );

  it('is refused with several lines', () => {
    expect(refusalOf({ 'config-path': 'a\nb' }).message).toMatch(/more than one line/);
  });
});

describe('expect-space', () => {
  it.each([OWNER_MRN, SPACE])('is read as an MRN: %s', (text) => {
    given({ 'expect-space': text });
    expect(read().expectSpace).toBe(OWNER_MRN);
  });

  it.each(['//captain.api.mondoo.app/organizations/acme', '//example.com/spaces/x', 'a b', 'spaces/x', '-'])(
    'is refused: %s',
    (text) => {
      const { code, message, remedy } = refusalOf({ 'expect-space': text });
      expect(code).toBe('invalid-input');
      expect(message).toContain(`"${text}", which isn't the id or the MRN of a space`);
      expect(remedy).toContain('Copy the id or the MRN from the settings of the space');
    },
  );
});

describe('max-clock-skew', () => {
  it.each([
    ['0s', 0],
    ['0', 0],
    ['1m30s', 90_000],
    ['168h', 7 * 86_400_000],
  ])('is read: %s', (text, milliseconds) => {
    given({ 'max-clock-skew': text });
    expect(read().maxClockSkew).toBe(milliseconds);
  });

  it.each([
    ['30', /has no unit\. Write it/],
    ['thirty seconds', /isn't a duration\..*It must not be negative/],
    ['-1s', /is out of range.*must not be negative/],
  ])('is refused: %s', (text, found) => {
    const { message, remedy } = refusalOf({ 'max-clock-skew': text });
    expect(`${message} ${remedy}`).toMatch(found);
    expect(remedy).toMatch(/like `30s`, `2m` or `1m30s`/);
  });
});

describe('timeout', () => {
  it.each([
    ['1ms', 1],
    ['10s', 10_000],
    ['24h', 86_400_000],
  ])('is read: %s', (text, milliseconds) => {
    given({ timeout: text });
    expect(read().timeout).toBe(milliseconds);
  });

  it.each([
    ['120', /has no unit/],
    ['0s', /is out of range.*more than 0s and at most 24h/],
    ['-2m', /is out of range/],
    ['24h0m1s', /is out of range/],
    ['99999999999999999999h', /is out of range/],
  ])('is refused: %s', (text, found) => {
    const { message, remedy } = refusalOf({ timeout: text });
    expect(`${message} ${remedy}`).toMatch(found);
  });
});

describe('fail-on', () => {
  it('is reported in one harmless line if it is refused', () => {
    const { message } = refusalOf({ 'fail-on': '\u001b[31m##[error]x\u202e' });
    expect(message).toContain('"[31m# #[error]x"');
  });

  it.each([
    [
      'unreachable unauthenicated',
      'has "unauthenicated" in it, which isn\'t a finding that can fail a job. Did you mean `unauthenticated`?',
    ],
    [
      'clock_skew',
      'has "clock_skew" in it, which isn\'t a finding that can fail a job. Did you mean `clock-skew`?',
    ],
    ['skipped', 'has "skipped" in it, which isn\'t a finding that can fail a job. Use `all`,'],
    ['nonsense', 'has "nonsense" in it, which isn\'t a finding that can fail a job. Use `all`,'],
    ['all, clock-skew', 'has "all" or "none" beside other words. Use `all`,'],
    [',', 'names no finding. Use `all`,'],
  ])('is reported by its first wrong word: %j', (text, says) => {
    const { message, remedy } = refusalOf({ 'fail-on': text });
    expect(`${message} ${remedy}`).toContain(`The input \`fail-on\` ${says}`);
  });

  it.each([
    ['all', GATEABLE],
    ['none', []],
    ['clock-skew', ['clock-skew']],
    ['clock-skew,unreachable', ['clock-skew', 'unreachable']],
    [' clock-skew ,\n unreachable, ', ['clock-skew', 'unreachable']],
    ['clock-skew clock-skew', ['clock-skew']],
  ])('is read: %j', (text, findings) => {
    given({ 'fail-on': text });
    expect(read().failOn).toEqual(new Set(findings));
  });

  it.each([
    'ok',
    'skipped',
    'clock_skew',
    'Clock-Skew',
    'all,clock-skew',
    'none,all',
    'none,none',
    ',',
    'clock-skew,typo',
  ])('is refused: %s', (text) => {
    const { message, remedy } = refusalOf({ 'fail-on': text });
    expect(message).toMatch(/^The input `fail-on` (?:has|names) /);
    for (const finding of GATEABLE) expect(remedy).toContain(finding);
  });
});

it('are all read, or refused as invalid-input in one harmless line, whatever they are', () => {
  const PASSWORD = 'correct-horse-battery-staple';
  const scrap = fc.oneof(
    fc.constantFrom(
      '::error::x',
      '##[error]x',
      '\n',
      '\r',
      '\u001b[31m',
      '\u0085',
      '\u202e',
      '1',
      's',
      '-',
      '~',
      '/',
    ),
    fc.constantFrom('true', 'all', ', ', 'unreachable', 'fail', '30s', 'https://', 'http://127.0.0.1', '='),
    fc.string({ maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  // No variable of the environment holds a NUL.
  const text = fc.array(scrap, { maxLength: 6 }).map((scraps) => scraps.join('').replaceAll('\0', ''));
  const proxy = fc
    .tuple(text, text, text)
    .map(([before, after, end]) => `http://${before}:${PASSWORD}${after}@proxy.example.org${end}`);
  const names = [
    ...Object.keys(DEFAULTS),
    ...[
      'credentials',
      'registration-token',
      'api-endpoint',
      'api-proxy',
      'name',
      'annotations',
      'config-path',
    ],
  ];
  const outcomes = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...names), text, fc.option(proxy), (name, value, apiProxy) => {
      given({ [name]: value, ...(apiProxy !== null && { 'api-proxy': apiProxy }) });
      try {
        read();
        outcomes.read++;
      } catch (error) {
        expect(error).toBeInstanceOf(ActionError);
        const { code, message, remedy } = error as ActionError;
        expect(code).toBe('invalid-input');
        for (const told of [message, remedy]) expect(told).toMatch(/^(?!\s*::)(?!.*##\[)[^\p{Cc}\u202e]+$/u);
        expect(piecesOf(PASSWORD, 8).find((piece) => message.includes(piece))).toBeUndefined();
        outcomes.refused++;
      } finally {
        for (const name of names) vi.stubEnv(`INPUT_${name.toUpperCase()}`, undefined);
      }
    }),
  );
  expect(outcomes.read).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});

describe('the real cnspec', () => {
  it('is installed in the version that is asked for', () => {
    given({ 'cnspec-version': ' 13.35.2 ' });
    expect(read().cnspecVersion).toEqual({ kind: 'exact', version: '13.35.2' });
  });

  it.each(['13.1', 'newest', '../../13.0.0'])('is not installed in the version "%s"', (version) => {
    expect(refusalOf({ 'cnspec-version': version }).remedy).toContain('13.10 as 13.1');
  });

  it.each(['auto', 'true', 'false', 'TRUE'])('is asked or not: %s', (choice) => {
    given({ 'verify-with-cnspec': choice });
    expect(read().verifyWithCnspec).toBe(choice.toLowerCase());
  });

  it('is asked or not, and nothing else', () => {
    expect(refusalOf({ 'verify-with-cnspec': 'perhaps' }).message).toContain(
      "isn't one of `auto`, `true`, `false`",
    );
  });

  it.each([
    ['https://mirror.example.org/mondoo/', 'https://mirror.example.org/mondoo'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('comes from %s', (text, url) => {
    given({ 'updates-url': text });
    expect(read().updatesUrl).toBe(url);
  });

  it.each([
    'http://mirror.example.org',
    'https://stella:pa55word@mirror.example.org',
    'mirror',
    'ftp://x.example',
  ])('does not come from %s', (text) => {
    refusalOf({ 'updates-url': text }, 'pa55word');
  });
});
