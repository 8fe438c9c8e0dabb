import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../simulator/runner.ts';
import { pem } from '../fixtures.ts';
import { leaksBelow, leaksOf } from './leaks.ts';

const KEY = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);
const BODY = KEY.replace(/-----.*?-----|\n/g, '');
const TOKEN = 'eyJhbGciOiJFUzM4NCJ9.eyJzcGFjZSI6IngifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
const PASSWORD = 'c0rrect+horse';
const SECRETS = [KEY, TOKEN, PASSWORD];

/** A step that told nothing, and what it is made to tell. */
function step(told: Partial<Step> = {}): Step {
  return {
    exitCode: 0,
    signal: null,
    durationMs: 1,
    stdout: '',
    stderr: '',
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
    expect(leaksOf(step({ log: harmless, stdout: `::add-mask::${BODY}\n${harmless}` }), SECRETS)).toEqual([]);
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
    expect(leaksOf(step({ log: `before ${leak} after` }), SECRETS)).not.toEqual([]);
  });

  it.each<[string, Partial<Step>]>([
    ['the log', { log: KEY }],
    ['stdout, masks aside', { stdout: `::add-mask::x\n${BODY}` }],
    ['an output', { outputs: { error: BODY } }],
    ['the environment', { env: { A: KEY } }],
    ['the state', { state: { a: BODY } }],
    ['the summary', { summary: `<p>${BODY}</p>` }],
    ['an annotation', { annotations: [{ level: 'error', message: BODY }] }],
    ['the PATH', { path: [BODY] }],
    ['stderr', { stderr: BODY }],
    ['stderr, whatever it is', { stderr: 'Warning: harmless' }],
  ])('looks into %s', (_, told) => {
    expect(leaksOf(step(told), SECRETS)).not.toEqual([]);
  });

  it('finds masks that would hide what is no secret, passwords aside', () => {
    expect(leaksOf(step({ masks: ['}'] }), SECRETS)).toEqual([expect.stringContaining('so short')]);
    expect(leaksOf(step({ masks: [BODY, PASSWORD] }), SECRETS)).toEqual([]);
  });
});

describe('the scanner of files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'leaks-'));
    await mkdir(path.join(folder, 'a', 'b'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each(['mondoo.yml', '.mondoo.yml.0d9e4c32-9a51-4a53-8f4f-5a0dd9a3b1c7'])(
    'lets %s hold the key',
    async (name) => {
      await writeFile(path.join(folder, 'a', 'b', name), KEY, { mode: 0o600 });
      expect(await leaksBelow(folder, SECRETS)).toEqual([]);
    },
  );

  it.skipIf(process.platform === 'win32')('finds a mondoo.yml that others can read', async () => {
    const file = path.join(folder, 'a', 'mondoo.yml');
    await writeFile(file, KEY);
    await chmod(file, 0o640);
    expect(await leaksBelow(folder, SECRETS)).toEqual([expect.stringContaining('can be read by others')]);
  });

  it.each(['set_output', 'mondoo.yml.bak', '.mondoo.yml'])('finds a key in %s', async (name) => {
    await writeFile(path.join(folder, 'a', 'b', name), `x${BODY}`, { mode: 0o600 });
    expect(await leaksBelow(folder, SECRETS)).toEqual([expect.stringContaining(name)]);
  });
});
