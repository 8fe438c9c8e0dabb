import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintAccount } from '../../simulator/accounts.ts';
import { createJob, type Step } from '../../simulator/runner.ts';
import { pem } from '../fixtures.ts';
import { type InPlay, leaksBelow, leaksOf, leaksOfScript } from './leaks.ts';

const KEY = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);
const BODY = KEY.replace(/-----.*?-----|\n/g, '');
const TOKEN = 'eyJhbGciOiJFUzM4NCJ9.eyJzcGFjZSI6IngifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
const PASSWORD = 'c0rrect+horse';
const IN_PLAY: InPlay = { secrets: [KEY, TOKEN, PASSWORD], certificates: [] };

/** A step that told nothing, and what it is made to tell. */
function step(told: Partial<Step> = {}): Step {
  return {
    exitCode: 0,
    signal: null,
    durationMs: 1,
    stdout: '',
    stderr: '',
    arguments: [],
    log: '',
    masks: [],
    annotations: [],
    outputs: {},
    env: {},
    path: [],
    state: {},
    summary: '',
    inputs: {},
    ...told,
  };
}

describe('the scanner', () => {
  it('finds nothing where there is nothing', () => {
    const harmless =
      '→ Service Account: //agents.api.mondoo.app/spaces/x/serviceaccounts/2SARlZgQnFLAzj7jfiS1Fx2HBz8';
    expect(leaksOf(step({ log: harmless, stdout: `::add-mask::${BODY}\n${harmless}` }), IN_PLAY)).toEqual([]);
  });

  it.each<[string, string]>([
    ['the whole key', KEY],
    ['a line of it', KEY.split('\n')[2]!],
    ['16 characters of it, wherever they start', `x${BODY.slice(37, 53)}y`],
    ['its base64', Buffer.from(KEY).toString('base64')],
    ['its base64 in a longer text', Buffer.from(`mrn: x\nprivate_key: |\n${KEY}`).toString('base64')],
    ['its base64 one byte later', Buffer.from(`a${KEY}`).toString('base64')],
    ['its hex', Buffer.from(BODY, 'base64').toString('hex').slice(50, 90)],
    ['its JSON', JSON.stringify(KEY)],
    ['its URI', encodeURIComponent(KEY)],
    ['a token', `Bearer ${TOKEN}`],
    ['the signature of a token', TOKEN.split('.')[2]!],
    ['a password', `http://ci:${PASSWORD}@proxy.example.org`],
  ])('finds %s in a log', (_, leak) => {
    expect(leaksOf(step({ log: `before ${leak} after` }), IN_PLAY)).not.toEqual([]);
  });

  it.each<[string, Partial<Step>]>([
    ['the log', { log: KEY }],
    ['stdout, masks aside', { stdout: `::add-mask::x\n${BODY}` }],
    ['stdout behind a mask that a lone CR ends', { stdout: `::add-mask::x\r${BODY}\n` }],
    ['an output', { outputs: { error: BODY } }],
    ['the environment', { env: { A: KEY } }],
    ['the state', { state: { a: BODY } }],
    ['the summary', { summary: `<p>${BODY}</p>` }],
    ['an annotation', { annotations: [{ level: 'error', message: BODY }] }],
    ['the PATH', { path: [BODY] }],
    ['the arguments of processes', { arguments: ['node', '--key', BODY] }],
    ['stderr', { stderr: BODY }],
    ['stderr, whatever it is', { stderr: 'Warning: harmless' }],
  ])('looks into %s', (_, told) => {
    expect(leaksOf(step(told), IN_PLAY)).not.toEqual([]);
  });

  it('finds the argument of a program that is gone at once', async () => {
    const job = await createJob();
    const planted = await job.runScript(
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['--version', ${JSON.stringify(KEY)}]);`,
    );
    expect(leaksOf(planted, IN_PLAY)).toEqual(['a process argument holds a secret (as it is)']);
    await job.dispose();
  });

  it('finds masks that would hide what is no secret, passwords aside', () => {
    expect(leaksOf(step({ masks: ['}'] }), IN_PLAY)).toEqual([expect.stringContaining('so short')]);
    expect(leaksOf(step({ masks: [BODY, PASSWORD] }), IN_PLAY)).toEqual([]);
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
  ])('looks into %s', (_, told) => {
    expect(leaksOfScript(step(told), IN_PLAY)).not.toEqual([]);
  });

  it('lets it print a secret that the log shows masked', () => {
    expect(leaksOfScript(step({ stdout: KEY, stderr: KEY, log: '***\n***\n' }), IN_PLAY)).toEqual([]);
  });
});

describe('what a private key has in common with its certificate', () => {
  /** Accounts whose certificates begin in different lengths: base64 has the same bytes in three ways. */
  const accounts = Promise.all(
    ['space', 'space-1', 'space-12'].map(async (space) => (await mintAccount({ space })).credentials),
  );
  const found = (log: string, inPlay: InPlay) => leaksOf(step({ log }), inPlay);
  const allForms = (text: string) => [text, JSON.stringify(text), Buffer.from(text).toString('base64')];

  it('is there, and is no leak', async () => {
    const all = await accounts;
    const certificates = all.map(({ certificate }) => certificate);
    const inPlay = { secrets: all.map(({ private_key: key }) => key), certificates };
    const told = certificates.flatMap(allForms).join('\n');
    expect(found(told, { ...inPlay, certificates: [] })).not.toEqual([]);
    expect(found(told, inPlay)).toEqual([]);
  });

  it('is not the private number, of which every piece is a leak', async () => {
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

  it('counts where it stands in no certificate', async () => {
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
    const footprint = { configPath: file, temporaryPath: temporary, createdFolders };
    return leaksBelow(folder, IN_PLAY, [{}, { 'mondoo-config': JSON.stringify(footprint) }]);
  };

  it('lets mondoo.yml and its temporary name hold the key, where the state knows them', async () => {
    await writeFile(file, KEY, { mode: 0o600 });
    await writeFile(temporary, KEY, { mode: 0o600 });
    expect(await scan()).toEqual([]);
  });

  it('knows them where a container job has them in another place', async () => {
    await writeFile(file, KEY, { mode: 0o600 });
    const configPath = '/github/home/.config/mondoo/mondoo.yml';
    const footprint = { configPath, temporaryPath: `${configPath}.new`, createdFolders: [] };
    const states = [{ 'mondoo-config': JSON.stringify(footprint) }];
    const onHost = (name: string) => (name === configPath ? file : name);
    expect(await leaksBelow(folder, IN_PLAY, states, onHost)).toEqual([]);
    expect(await leaksBelow(folder, IN_PLAY, states)).toEqual([expect.stringContaining('no state knows')]);
  });

  it('finds a mondoo.yml that no state knows', async () => {
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

  it.skipIf(process.platform === 'win32')('finds a mondoo.yml that others can read', async () => {
    await writeFile(file, KEY);
    await chmod(file, 0o640);
    expect(await scan()).toEqual([expect.stringContaining('can be read by others')]);
  });

  it.skipIf(process.platform === 'win32')('finds a folder of ours that others can enter', async () => {
    await writeFile(file, KEY, { mode: 0o600 });
    await chmod(path.dirname(file), 0o710);
    expect(await scan()).toEqual([expect.stringContaining('is open to others')]);
  });

  it.skipIf(process.platform === 'win32')(
    'lets a folder be that was there before, where the workflow chose it',
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
