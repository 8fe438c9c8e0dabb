import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintAccount } from '../../simulator/accounts.ts';
import { createJob, type Step } from '../../simulator/runner.ts';
import { pem } from '../fixtures.ts';
import { finishedStep } from './finished-step.ts';
import { type InPlay, leaksBelow, leaksOf, leaksOfScript } from './leaks.ts';

const KEY = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);
const BODY = KEY.replace(/-----.*?-----|\n/g, '');
const DER = Buffer.from(BODY, 'base64');
const TOKEN = 'eyJhbGciOiJFUzM4NCJ9.eyJzcGFjZSI6IngifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
const PASSWORD = 'c0rrect+horse';
const QUOTED = 'say "h\u00ed"?';
const IN_PLAY: InPlay = { secrets: [KEY, TOKEN, PASSWORD, QUOTED], certificates: [] };

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string | Buffer) => Buffer.from(text).toString('hex');
const spaced = (digits: string, separator: string) => digits.match(/../g)!.join(separator);

describe('the scanner', () => {
  it('finds nothing if there is no leak', () => {
    const harmless =
      '→ Service Account: //agents.api.mondoo.app/spaces/x/serviceaccounts/2SARlZgQnFLAzj7jfiS1Fx2HBz8';
    expect(
      leaksOf(finishedStep({ log: harmless, stdout: `::add-mask::${BODY}\n${harmless}` }), IN_PLAY),
    ).toEqual([]);
  });

  it.each<[string, string]>([
    ['the whole key', KEY],
    ['a line of the key', KEY.split('\n')[2]!],
    ['16 characters of the key, from any position', `x${BODY.slice(37, 53)}y`],
    ['the base64 of the key', base64(KEY)],
    ['the base64 of the key in a longer text', base64(`mrn: x\nprivate_key: |\n${KEY}`)],
    ['the base64 of the key, shifted by one byte', base64(`a${KEY}`)],
    ['the body of the key in base64url', Buffer.from(BODY, 'base64').toString('base64url')],
    ['the private number of the key in base64', createPrivateKey(KEY).export({ format: 'jwk' }).d!],
    ['the hex of the key', hex(DER).slice(50, 90)],
    ['the hex of the key in upper case', hex(DER).toUpperCase().slice(50, 90)],
    ['the hex of the key with colons', spaced(hex(DER), ':').slice(150, 250)],
    [
      'the hex of the key with colons, wrapped by OpenSSL',
      hex(DER)
        .replace(/(..)(?!$)/g, '$1:')
        .replace(/.{45}/g, '$&\n    '),
    ],
    ['the hex of the key with blanks, in upper case', spaced(hex(DER).toUpperCase(), ' ').slice(150, 250)],
    ["the hex of the key's text", hex(KEY)],
    ["the hex of the key's text in upper case", hex(KEY).toUpperCase()],
    ["the hex of the key's text with colons", spaced(hex(KEY), ':')],
    ["the hex of the key's text with blanks, as Node shows a buffer", spaced(hex(KEY), ' ').slice(100, 200)],
    ["the numbers of the key's bytes", JSON.stringify([...DER])],
    ["the numbers of the bytes of the key's text", JSON.stringify(Buffer.from(KEY))],
    [
      "the numbers of the bytes of the key's text, as Node shows an array",
      inspect(new Uint8Array(Buffer.from(KEY))),
    ],
    ['its JSON', JSON.stringify(KEY)],
    ['its URI', encodeURIComponent(KEY)],
    ['a token', `Bearer ${TOKEN}`],
    ['the signature of a token', TOKEN.split('.')[2]!],
    ['the hex of a token', hex(TOKEN)],
    ['a password', `http://ci:${PASSWORD}@proxy.example.org`],
    ['a URL-encoded password', encodeURIComponent(PASSWORD)],
    ['a URL-encoded password in lower case', encodeURIComponent(PASSWORD).toLowerCase()],
    ['a JSON-escaped password', JSON.stringify(QUOTED)],
    ['the base64 of a password', base64(PASSWORD)],
    ['the base64 of a password after a user name', `Basic ${base64(`ci:${PASSWORD}`)}`],
    ['the base64 of a password after another password', `Basic ${base64(`c:${PASSWORD}`)}`],
    ['the base64 of a password in a longer text', base64(`http://stella:${PASSWORD}@proxy.example.org`)],
    ['the base64url of a password', Buffer.from(QUOTED).toString('base64url')],
    ['the hex of a password', hex(PASSWORD)],
    ['the hex of a password in upper case, with colons', spaced(hex(PASSWORD).toUpperCase(), ':')],
    ['the numbers of the bytes of a password', JSON.stringify([...Buffer.from(QUOTED)])],
  ])('finds %s in a log', (_, leak) => {
    expect(leaksOf(finishedStep({ log: `before ${leak} after` }), IN_PLAY)).not.toEqual([]);
  });

  it('finds a password in JSON within JSON', () => {
    const outputs = { 'status-json': JSON.stringify({ proxy: QUOTED }) };
    expect(leaksOf(finishedStep({ outputs }), IN_PLAY)).not.toEqual([]);
  });

  it('does not report a few characters as a password in another form', () => {
    // The base64 of "xyz" is "eHl6", its hex "78797a": both occur by chance.
    const log = `eHl6 ${hex('xyz')} ${JSON.stringify([...Buffer.from('xyz')])}`;
    expect(leaksOf(finishedStep({ log }), { secrets: ['xyz'], certificates: [] })).toEqual([]);
  });

  it('does not report the claims of a token as the token', () => {
    const claims = '{"iss":"https://token.actions.githubusercontent.com"}';
    const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(claims).toString('base64url')}.c2ln`;
    expect(leaksOf(finishedStep({ log: claims }), { secrets: [token], certificates: [] })).toEqual([]);
  });

  it.each<[string, Partial<Step>]>([
    ['the log', { log: KEY }],
    ['stdout without its masks', { stdout: `::add-mask::x\n${BODY}` }],
    ['stdout after a mask that ends with a lone CR', { stdout: `::add-mask::x\r${BODY}\n` }],
    ['the names of outputs', { outputs: { [BODY]: '' } }],
    ['an output', { outputs: { error: BODY } }],
    ['the environment', { env: { A: KEY } }],
    ['the state', { state: { a: BODY } }],
    ['the summary', { summary: `<p>${BODY}</p>` }],
    ['an annotation', { annotations: [{ level: 'error', message: BODY }] }],
    ['the PATH', { path: [BODY] }],
    ['the arguments of processes', { arguments: ['node', '--key', BODY] }],
    ['stderr', { stderr: BODY }],
    ['stderr, with any text', { stderr: 'Warning: harmless' }],
  ])('searches %s', (_, printed) => {
    expect(leaksOf(finishedStep(printed), IN_PLAY)).not.toEqual([]);
  });

  it('finds the argument of a program that ends at once', async () => {
    const job = await createJob({ recordPrograms: true });
    const planted = await job.runScript(
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['--version', ${JSON.stringify(KEY)}]);`,
    );
    expect(leaksOf(planted, IN_PLAY)).toEqual(['a process argument holds a secret (as it is)']);
    await job.dispose();
  });

  it("finds masks that would hide text that isn't secret, except passwords", () => {
    expect(leaksOf(finishedStep({ masks: ['}'] }), IN_PLAY)).toEqual([expect.stringContaining('so short')]);
    expect(leaksOf(finishedStep({ masks: [BODY, PASSWORD] }), IN_PLAY)).toEqual([]);
  });
});

describe('the scanner of a step of the workflow', () => {
  it.each<[string, Partial<Step>]>([
    ['the log', { log: KEY }],
    ['an output', { outputs: { error: BODY } }],
    ['the environment', { env: { A: KEY } }],
    ['the state', { state: { a: BODY } }],
    ['the summary', { summary: `<p>${BODY}</p>` }],
    ['an annotation', { annotations: [{ level: 'error', message: BODY }] }],
    ['the PATH', { path: [BODY] }],
    ['the arguments of processes', { arguments: ['node', '--key', BODY] }],
    ['masks', { masks: ['}'] }],
  ])('searches %s', (_, printed) => {
    expect(leaksOfScript(finishedStep(printed), IN_PLAY)).not.toEqual([]);
  });

  it('allows printing a secret that the log shows masked', () => {
    expect(leaksOfScript(finishedStep({ stdout: KEY, stderr: KEY, log: '***\n***\n' }), IN_PLAY)).toEqual([]);
  });
});

describe('the bytes that a private key shares with its certificate', () => {
  /** Accounts whose certificates begin at different offsets: base64 has three alignments. */
  const accounts = Promise.all(
    ['space', 'space-1', 'space-12'].map(async (space) => (await mintAccount({ space })).credentials),
  );
  const found = (log: string, inPlay: InPlay) => leaksOf(finishedStep({ log }), inPlay);
  const allForms = (text: string) => {
    const der = Buffer.from(text.replace(/-----.*?-----|\s/g, ''), 'base64');
    return [
      text,
      JSON.stringify(text),
      base64(text),
      hex(text),
      hex(der),
      spaced(hex(der).toUpperCase(), ':'),
      der.toString('latin1'),
      JSON.stringify([...der]),
    ];
  };

  it('exist, and are not a leak', async () => {
    const all = await accounts;
    const certificates = all.map(({ certificate }) => certificate);
    const inPlay = { secrets: all.map(({ private_key: key }) => key), certificates };
    const printed = certificates.flatMap(allForms).join('\n');
    expect(found(printed, { ...inPlay, certificates: [] })).not.toEqual([]);
    expect(found(printed, inPlay)).toEqual([]);
  });

  it('do not include the private number, of which every piece is a leak', async () => {
    for (const { private_key: key, certificate } of await accounts) {
      const { d = '' } = createPrivateKey(key).export({ format: 'jwk' });
      const der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
      const start = der.indexOf(Buffer.from(d, 'base64url'));
      expect(start).toBeGreaterThan(0);
      const inPlay = { secrets: [key], certificates: [certificate] };
      for (const [encoding, charsPerByte] of [
        ['base64', 4 / 3],
        ['hex', 2],
      ] as const) {
        const text = der.toString(encoding);
        const end = Math.floor((start + 48) * charsPerByte);
        for (let at = Math.ceil(start * charsPerByte); at + 16 <= end; at++) {
          expect(found(text.slice(at, at + 16), inPlay), `${encoding} at ${at}`).not.toEqual([]);
        }
      }
      for (const form of allForms(key)) expect(found(form, inPlay)).not.toEqual([]);
    }
  });

  it('are a leak outside a certificate', async () => {
    const [one, other] = await accounts;
    const publicEnd = one!.private_key.replace(/-----.*?-----|\n/g, '').slice(-100);
    const certificates = [other!.certificate];
    expect(found(publicEnd, { secrets: [one!.private_key], certificates })).not.toEqual([]);
  });
});

describe('the scanner of files', () => {
  let folder: string;
  let file: string;
  let temporary: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'leaks-'));
    const own = path.join(folder, '_github_home', '.config', 'mondoo');
    await mkdir(own, { recursive: true });
    await chmod(own, 0o700);
    file = path.join(own, 'mondoo.yml');
    temporary = path.join(own, '.mondoo.yml.0d9e4c32-9a51-4a53-8f4f-5a0dd9a3b1c7');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const scan = (createdFolders: string[] = []) => {
    const config = { path: file, temporaryPath: temporary };
    return leaksBelow(folder, IN_PLAY, [{}, { cleanup: JSON.stringify({ config, createdFolders }) }]);
  };

  it('allows the key in mondoo.yml and its temporary name, if the state names them', async () => {
    await writeFile(file, KEY, { mode: 0o600 });
    await writeFile(temporary, KEY, { mode: 0o600 });
    expect(await scan()).toEqual([]);
  });

  it('recognizes both names in a container job, where the paths differ', async () => {
    await writeFile(file, KEY, { mode: 0o600 });
    const configPath = '/github/home/.config/mondoo/mondoo.yml';
    const config = { path: configPath, temporaryPath: `${configPath}.new` };
    const states = [{ cleanup: JSON.stringify({ config }) }];
    const onHost = (name: string) => (name === configPath ? file : name);
    expect(await leaksBelow(folder, IN_PLAY, states, onHost)).toEqual([]);
    expect(await leaksBelow(folder, IN_PLAY, states)).toEqual([expect.stringContaining('no state knows')]);
  });

  it('finds a mondoo.yml that no state names', async () => {
    await writeFile(file, KEY, { mode: 0o600 });
    const leaks = await leaksBelow(folder, IN_PLAY, [{}]);
    expect(leaks).toEqual([expect.stringContaining('mondoo.yml, which no state knows')]);
  });

  it('finds a key in another folder', async () => {
    await writeFile(path.join(folder, 'mondoo.yml'), KEY, { mode: 0o600 });
    expect(await scan()).toEqual([expect.stringContaining('mondoo.yml, which no state knows')]);
  });

  it.each(['set_output', 'mondoo.yml.bak', '.mondoo.yml'])('finds a key in %s', async (name) => {
    await writeFile(path.join(path.dirname(file), name), `x${BODY}`, { mode: 0o600 });
    expect(await scan()).toEqual([expect.stringContaining(name)]);
  });

  it.each<[string, string | Buffer]>([
    ['UTF-16', Buffer.from(`x${KEY}`, 'utf16le')],
    ['UTF-16 with the high byte first', Buffer.from(`x${KEY}`, 'utf16le').swap16()],
    ['DER', DER],
    [
      'DER within other data',
      Buffer.concat([Buffer.from('before'), DER.subarray(60, 76), Buffer.from('after')]),
    ],
    ['an array of numbers', JSON.stringify([...Buffer.from(KEY)])],
    ['a password with non-ASCII letters', QUOTED],
  ])('finds a key as %s', async (_, content) => {
    await writeFile(path.join(folder, 'planted'), content);
    expect(await scan()).toEqual([expect.stringContaining('planted, which no state knows')]);
  });

  it.each<[string, string]>([
    ['a piece of the key', `x${BODY.slice(100, 140).replaceAll('/', '_')}`],
    ['the hex of the key', hex(KEY).slice(100, 200)],
  ])('finds a key in a file name, and does not print the name: %s', async (_, name) => {
    await writeFile(path.join(folder, name), '');
    const leaks = await scan();
    expect(leaks).toEqual([expect.stringMatching(/^the name of a file holds a secret \(/)]);
    expect(leaks.join()).not.toContain(name);
  });

  it('finds a key in a folder name, and in a path formed by the slashes of the key', async () => {
    await mkdir(path.join(folder, `x${hex(KEY).slice(100, 200)}`));
    expect(await scan()).toEqual([expect.stringContaining('the name of a file')]);
    await rm(path.join(folder, `x${hex(KEY).slice(100, 200)}`), { recursive: true });
    const slashed = { secrets: ['one-half/other-half-of-it'], certificates: [] };
    await mkdir(path.join(folder, 'one-half'));
    await writeFile(path.join(folder, 'one-half', 'other-half-of-it'), '');
    expect(await leaksBelow(folder, slashed, [])).toEqual([expect.stringContaining('the name of a file')]);
  });

  it('does not print a file name that contains a key if the file does too', async () => {
    const name = hex(KEY).slice(100, 200);
    await writeFile(path.join(folder, name), KEY);
    expect((await scan()).join()).not.toContain(name);
  });

  it.skipIf(process.platform === 'win32')('finds a key in the target of a link', async () => {
    await symlink(`/tmp/${BODY.slice(100, 140)}`, path.join(folder, 'planted'));
    expect(await scan()).toEqual([expect.stringMatching(/^the link planted leads to a secret \(/)]);
  });

  it.skipIf(process.platform === 'win32')('finds a mondoo.yml that others can read', async () => {
    await writeFile(file, KEY);
    await chmod(file, 0o640);
    expect(await scan()).toEqual([expect.stringContaining('can be read by others')]);
  });

  it.skipIf(process.platform === 'win32')('finds a folder of ours that others can access', async () => {
    await writeFile(file, KEY, { mode: 0o600 });
    await chmod(path.dirname(file), 0o710);
    expect(await scan()).toEqual([expect.stringContaining('is open to others')]);
  });

  it.skipIf(process.platform === 'win32')(
    'ignores a folder that existed before, if the workflow chose it',
    async () => {
      const chosen = path.join(folder, 'chosen');
      await mkdir(chosen);
      await chmod(chosen, 0o755);
      file = path.join(chosen, 'mondoo.yml');
      await writeFile(file, KEY, { mode: 0o600 });
      expect(await scan()).toEqual([]);
      expect(await scan([chosen])).toEqual([expect.stringContaining('is open to others')]);
    },
  );
});
