import path from 'node:path';
import { getInput } from '@actions/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { absolutePath, DEFAULTS, type Inputs, readInputs } from '../src/inputs.ts';
import { ActionError, FINDINGS } from '../src/util/errors.ts';
import { credentials, failureOf, jwt, KEY_PEM, OWNER_MRN, pemBody, piecesOf, SPACE } from './fixtures.ts';

const WORKSPACE = path.resolve('/home/runner/work/shop/shop');

/** Sets an input as the runner does: in upper case, with hyphens kept. */
function given(inputs: Record<string, string>): void {
  for (const [name, value] of Object.entries(inputs)) vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
}

/** The masked secrets. */
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
  for (const name of Object.keys(inputs))
    expect(error.message).toMatch(new RegExp(`[Tt]he input \`${name}\``));
  expect(error.remedy).not.toBe('');
  return error;
}

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('INPUT_')) vi.stubEnv(name, undefined);
  vi.stubEnv('MONDOO_CONFIG_BASE64', undefined);
  masked = [];
});
afterEach(() => void vi.unstubAllEnvs());

/** A skipped run passes, so `skipped` isn't a finding. */
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

  it('the defaults apply', () => {
    expect(read()).toMatchObject(expected);
  });

  it('the defaults apply if a workflow passes empty inputs', () => {
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

  it('the defaults apply if action.yml passes its own', () => {
    given(DEFAULTS);
    expect(read()).toMatchObject(expected);
  });
});

describe('credentials', () => {
  it('are read without surrounding white space', () => {
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
  ])('are masked before any input is rejected: %s', (name, text, secret) => {
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

  it('of a registration token contradict register: false', () => {
    given({ 'registration-token': TOKEN, register: 'false' });
    expect(failureOf(read, TOKEN).message).toMatch(/`registration-token` contradicts `register: false`/);
  });
});

describe('api-endpoint', () => {
  it('loses the trailing slash', () => {
    given({ 'api-endpoint': ' https://eu.api.mondoo.com/ ' });
    expect(read().apiEndpoint).toBe('https://eu.api.mondoo.com');
  });

  it.each([
    ['eu.api.mondoo.com', /is not a URL/],
    ['http://eu.api.mondoo.com', /is plain http/],
    ['https://user:correct-horse@eu.api.mondoo.com', /contains a user name or a password/],
  ])('is rejected without being quoted: %s', (endpoint, found) => {
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
  ])('is rejected without being quoted: %s', (proxy) => {
    expect(refusalOf({ 'api-proxy': proxy }, 'correct-horse', 'correct%horse').remedy).toMatch(/URL-encode/);
  });
});

describe('name', () => {
  it('overrides the default name of the run', () => {
    given({ name: ' a name ' });
    expect(read().name).toBe('a name');
  });
});

describe('annotations', () => {
  it('are one pair per line, without white space around key and value', () => {
    given({ annotations: '\n team = platform \r\n\nurl=https://x/?a=b&c=d\nempty=\n  spaced key = a b \n' });
    expect(read().annotations).toEqual({
      team: 'platform',
      url: 'https://x/?a=b&c=d',
      empty: '',
      'spaced key': 'a b',
    });
  });

  it('may be named like JavaScript properties', () => {
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
  ])('are rejected with the number of the invalid line, without quoting it: %j', (annotations, line) => {
    const { message, remedy } = refusalOf({ annotations }, 'no pair=value');
    expect(message).toMatch(new RegExp(`has no \`key=value\` in line ${line} \\(blank lines not counted\\)`));
    expect(remedy).toMatch(/one `key=value` pair per line/);
  });

  it('are rejected if a key occurs twice', () => {
    expect(refusalOf({ annotations: 'a=1\nb=2\na=3' }).message).toMatch(
      /has a key twice, the second time in line 3/,
    );
  });

  it.each([
    ['a=1\nTeam=2\nteam=3', /has a key twice, the second time in line 3/],
    ['\u0130=1\ni=2', /has a key twice, the second time in line 2/],
    ['ΑΣ=1\nας=2\nασ=3', /has a key twice, the second time in line 3/],
    ['a=1\nb=\ufffe', /has a character that cnspec can't read in line 2/],
    ['a=1\n\uffff=x', /has a character that cnspec can't read in line 2/],
    ['a=1\nb\\c=x', /has a key with a backslash in line 2/],
  ])('are rejected if cnspec would read other keys, or could not read the file: %j', (annotations, says) => {
    expect(refusalOf({ annotations }).message).toMatch(says);
  });

  /** Reads annotations without the environment, which can have lone surrogates on Windows only. */
  const readText = (text: string) =>
    readInputs((name) => (name === 'annotations' ? text : ''), {
      env: {},
      workspace: WORKSPACE,
      defaultName: 'x',
      mask: () => {},
    }).annotations;

  it('are rejected with a lone surrogate', () => {
    const { message } = failureOf(() => readText('a=1\nb=\ud800'));
    expect(message).toMatch(/a character that cnspec can't read in line 2/);
  });

  it('get lowercase keys, character by character, like in cnspec', () => {
    given({ annotations: 'Team=A\nΑΣ=B\n\u0130=C' });
    expect(read().annotations).toEqual({ team: 'A', ασ: 'B', i: 'C' });
  });

  it('are parsed unchanged, or rejected as invalid-input, for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.string({
            unit: fc.constantFrom('a', 'B', '=', ' ', '\n', '\r', '\t', '\\', 'Σ', '\uffff', '\ud800'),
          }),
        ),
        (text) => {
          try {
            for (const [key, value] of Object.entries(readText(text))) {
              expect(key).toBe(key.trim());
              expect(key).not.toBe('');
              expect(key).not.toMatch(/[=\n]/);
              expect(value).toBe(value.trim());
              expect(value).not.toContain('\n');
              expect([...text].map((character) => [...character.toLowerCase()][0]).join('')).toContain(key);
              expect(text).toContain(value);
              expect(`${key}${value}`).not.toMatch(/[\p{Cs}\ufffe\uffff]/u);
              expect(key).not.toContain('\\');
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
    'is rejected if it is neither true nor false: %j',
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
    ['sub/', path.join(WORKSPACE, 'sub', 'mondoo.yml')],
  ])('is resolved against the workspace: %s', (text, configPath) => {
    given({ 'config-path': text });
    expect(read().configPath).toBe(configPath);
  });

  it.each([
    ['/home/runner/work/shop', 'mondoo.yml', '/home/runner/work/shop/mondoo.yml'],
    ['/Users/runner/work/shop', '../private/./x.yml', '/Users/runner/work/private/x.yml'],
    ['/home/runner/work/shop', '/etc/opt/x.yml', '/etc/opt/x.yml'],
    ['/home/runner/work/shop', 'a\\b.yml', '/home/runner/work/shop/a\\b.yml'],
  ])('follows the rules of Linux and macOS: in %s, %s', (workspace, text, expected) => {
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
    ['private\\', 'D:\\a\\shop\\private\\mondoo.yml'],
    ['private/', 'D:\\a\\shop\\private\\mondoo.yml'],
  ])('follows the rules of Windows: %s', (text, expected) => {
    expect(absolutePath(text, 'D:\\a\\shop', path.win32)).toBe(expected);
  });

  it.each(['~', '~/mondoo.yml', '~\\mondoo.yml', '~runner/x'])(
    'is rejected with a tilde, which the action does not expand: %s',
    (text) => {
      const { message, remedy } = refusalOf({ 'config-path': text });
      expect(message).toMatch(/has `~` in it, which only a shell replaces/);
      expect(remedy).toContain('Write the whole path');
    },
  );

  it.each([
    ['%USERPROFILE%\\mondoo.yml', '%USERPROFILE%'],
    ['D:\\%ProgramFiles(x86)%\\x.yml', '%ProgramFiles(x86)%'],
    ['$env:TEMP\\mondoo.yml', '$env:TEMP'],
    ['${env:TEMP}/mondoo.yml', '${env:TEMP}'],
    ['$HOME/mondoo.yml', '$HOME'],
    ['/home/$USER/x.yml', '$USER'],
  ])('is rejected with a variable, which the action does not replace: %s', (text, variable) => {
    for (const paths of [path.posix, path.win32]) {
      const { message } = failureOf(() => absolutePath(text, '/w', paths));
      expect(message).toBe(
        `The input \`config-path\` has \`${variable}\` in it, which only a shell replaces.`,
      );
    }
  });

  it.each(['C:\\RUNNER~1\\x.yml', '\\\\server\\c$\\x.yml', 'a%20b\\x.yml', '100%\\x.yml', 'price$\\x.yml'])(
    'may have such a character in a name: %s',
    (text) => {
      expect(absolutePath(text, 'D:\\a', path.win32)).toMatch(/x\.yml$/);
      expect(absolutePath(text, '/w', path.posix)).toMatch(/x\.yml$/);
    },
  );

  const DEVICES = [
    'NUL',
    'nul.yml',
    'CON',
    'COM1',
    'AUX.yml',
    'CON\\mondoo.yml',
    'C:\\a\\prn .x',
    'LPT¹',
    'nul:',
    'C:\\x\\mondoo.yml:stream',
    '\\\\.\\NUL',
  ];

  it.each([...DEVICES, 'mondoo.yml.', 'a \\mondoo.yml', 'a./mondoo.yml', 'mondoo.yml ', 'C:\\x\\y. .'])(
    'is rejected on Windows if it names a device, or if Windows changes the name: %s',
    (text) => {
      const { code, message, remedy } = failureOf(() => absolutePath(text, 'D:\\a\\shop', path.win32));
      expect(code).toBe('invalid-input');
      expect(message).toMatch(/which Windows takes for a device or for another name/);
      expect(remedy).toMatch(/such as NUL/);
      expect(absolutePath(text, '/w', path.posix)).toMatch(/^\//);
    },
  );

  it.each([
    'console.yml',
    'nully\\x.yml',
    'com10.yml',
    '.\\..\\x.yml',
    '\\\\server\\share\\x.yml',
    'a.con',
    '.mondoo\\x',
  ])('is accepted on Windows: %s', (text) => {
    expect(absolutePath(text, 'D:\\a\\shop', path.win32)).toMatch(/^(D:|\\\\server)\\/);
  });

  it('is rejected with several lines', () => {
    expect(refusalOf({ 'config-path': 'a\nb' }).message).toMatch(/more than one line/);
  });
});

describe('expect-space', () => {
  it.each([OWNER_MRN, SPACE])('is read as an MRN: %s', (text) => {
    given({ 'expect-space': text });
    expect(read().expectSpace).toBe(OWNER_MRN);
  });

  it.each(['//captain.api.mondoo.app/organizations/acme', '//example.com/spaces/x', 'a b', 'spaces/x', '-'])(
    'is rejected: %s',
    (text) => {
      const { code, message, remedy } = refusalOf({ 'expect-space': text });
      expect(code).toBe('invalid-input');
      expect(message).toContain(`\`${text}\`, which isn't the id or the MRN of a space`);
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
  ])('is rejected: %s', (text, found) => {
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
  ])('is rejected: %s', (text, found) => {
    const { message, remedy } = refusalOf({ timeout: text });
    expect(`${message} ${remedy}`).toMatch(found);
  });
});

describe('fail-on', () => {
  it('is quoted in one plain line if it is rejected', () => {
    const { message } = refusalOf({ 'fail-on': '\u001b[31m##[error]x\u202e' });
    expect(message).toContain('`[31m# #[error]x`');
  });

  it.each([
    [
      'unreachable unauthenicated',
      'Unknown finding `unauthenicated` in the input `fail-on`. Did you mean `unauthenticated`?',
    ],
    ['clock_skew', 'Unknown finding `clock_skew` in the input `fail-on`. Did you mean `clock-skew`?'],
    ['skipped', 'Unknown finding `skipped` in the input `fail-on`. Use `all`,'],
    ['nonsense', 'Unknown finding `nonsense` in the input `fail-on`. Use `all`,'],
    ['all, clock-skew', 'has `all` or `none` beside other words. Use `all`,'],
    [',', 'names no finding. Use `all`,'],
  ])('is rejected with its first unknown word: %j', (text, says) => {
    const { message, remedy } = refusalOf({ 'fail-on': text });
    expect(`${message} ${remedy}`).toContain(says);
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
  ])('is rejected: %s', (text) => {
    const { message, remedy } = refusalOf({ 'fail-on': text });
    expect(message).toMatch(/^The input `fail-on` (?:has|names) |^Unknown finding /);
    for (const finding of GATEABLE) expect(remedy).toContain(finding);
  });
});

it('are all read, or rejected as invalid-input in one plain line, for any values', () => {
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
  // Environment variables can't contain a NUL.
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
        for (const printed of [message, remedy])
          expect(printed).toMatch(/^(?!\s*::)(?!.*##\[)[^\p{Cc}\u202e]+$/u);
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
  it('is installed in the requested version', () => {
    given({ 'cnspec-version': ' 13.35.2 ' });
    expect(read().cnspecVersion).toEqual({ kind: 'exact', version: '13.35.2' });
  });

  it.each(['13.1', 'newest', '../../13.0.0'])('is not installed in the version "%s"', (version) => {
    expect(refusalOf({ 'cnspec-version': version }).remedy).toContain('13.10 as 13.1');
  });

  it.each(['auto', 'true', 'false', 'TRUE'])('is run or not: %s', (choice) => {
    given({ 'verify-with-cnspec': choice });
    expect(read().verifyWithCnspec).toBe(choice.toLowerCase());
  });

  it('is run or not, and any other value is rejected', () => {
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
