import { describe, expect, it } from 'vitest';
import { lastLine, redact } from '../src/cnspec/redact.ts';
import { readChecksums } from '../src/cnspec/releases.ts';
import { readProvidersOutput, readStatusOutput, readVersionOutput } from '../src/cnspec/status-output.ts';
import { readManifest } from '../src/config/manifest.ts';
import { accountIn, keyHashesIn } from '../src/config/read.ts';
import { mondooConfig, renderMondooYml } from '../src/config/render.ts';
import { decodeCredentials } from '../src/credentials/decode.ts';
import { diagnose } from '../src/credentials/diagnose.ts';
import { readRegistered } from '../src/credentials/minted.ts';
import { readRegistrationToken } from '../src/credentials/registration-token.ts';
import { proxyFor } from '../src/credentials/route.ts';
import {
  credentialSecrets,
  documentSecrets,
  environmentProxySecrets,
  fileSecrets,
  tokenSecrets,
} from '../src/credentials/secrets.ts';
import { readServiceAccount } from '../src/credentials/service-account.ts';
import { readInputs } from '../src/inputs.ts';
import { CallError } from '../src/platform/call-error.ts';
import { parseRpcStatus } from '../src/platform/json-call.ts';
import { ActionError } from '../src/util/errors.ts';
import { plainText } from '../src/util/text.ts';
import {
  CERTIFICATE_PEM,
  CLIENT_MRN,
  callError,
  credentials,
  KEY_PEM,
  NOW,
  OWNER_MRN,
  parseGiven,
} from './fixtures.ts';

/** The maximum length of an input. */
const INPUT = 128 * 1024;
/** As long as a response, cnspec's output and what post reads of a file can be. */
const OUTPUT = 1024 * 1024;

type Text = (length: number) => string;

/** Repetitions that may be slow in one of the parsers. */
const TEXTS = new Map<string, Text>([
  ...[' ', '\n', '\r\n', '\\n', '\\', '"', '[', '-', '.', '@', '##[', 'A', 'A\n'].map((piece) =>
    repeat(piece),
  ),
  ...['x ', 'a: ', 'eyJ.', '-eyJ', 'cnspec ', 'mrn: x ', `${'f'.repeat(64)}  `].map((piece) => repeat(piece)),
  ...['-----BEGIN ', '-----BEGIN PRIVATE KEY-----', '-----END ', KEY_PEM].map((piece) => repeat(piece)),
  ...['-----BEGIN PRIVATE KEY-----', '{"private_key":"', 'cnspec'].map((start) => repeat(' ', start)),
  numbered((index) => `k${index}: ${index}\n`),
  numbered((index) => `"k${index}": ${index}, `, '{', '"": 0}'),
  numbered((index) => `k${index}: &a${index} {b${index}: 1}\n`),
  numbered((index) => `k${index}=v\n`),
]);

function repeat(piece: string, start = ''): [string, Text] {
  return [start + piece, (length) => start + piece.repeat(length / piece.length)];
}

/** Repeats a piece that is different each time. */
function numbered(piece: (index: number) => string, start = '', end = ''): [string, Text] {
  const make: Text = (length) =>
    start + Array.from({ length: length / piece(10_000).length }, (_, index) => piece(index)).join('') + end;
  return [start + piece(1), make];
}

/** Reads credentials as main does: masks, parses and checks them, or says what they are instead. */
function readCredentials(given: string): void {
  credentialSecrets(given);
  try {
    const document = parseGiven(given);
    documentSecrets(document);
    readServiceAccount(document, { now: NOW });
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    diagnose({ text: given, isDecoded: true });
  }
}

function readBase64(given: string): void {
  credentialSecrets(given);
  decodeCredentials(given);
}

/** Reads good credentials with a text after a field, and writes mondoo.yml. */
function writeConfig(field: Record<string, unknown>): void {
  const document = credentials(field);
  documentSecrets(document);
  readServiceAccount(document, { now: NOW });
  fileSecrets(renderMondooYml(mondooConfig(document, { api_endpoint: 'x' }, {}), 'a test'));
}

function readInput(name: string, text: string): void {
  const get = (input: string) => (input === name ? text : '');
  readInputs(get, { env: {}, workspace: '/', defaultName: '', mask: () => {} });
}

function readState(text: string): void {
  const [file, temporaryPath] = [`/${text}`, `/.${text}`];
  const config = { path: file, temporaryPath, isDefaultPlace: true };
  readManifest(JSON.stringify({ config, keyFile: file, installFolders: [file], client: `//agents${text}` }));
}

function readMinted(credential: unknown): void {
  const malformed = (problem: string) => callError({ kind: 'response', httpStatus: 200, problem });
  const token = {
    jwt: '',
    apiEndpoint: 'https://us.api.mondoo.com',
    ownerMrn: OWNER_MRN,
    expiresAt: undefined,
  };
  readRegistered({ agentMrn: CLIENT_MRN, credential, malformed }, token, { apiProxy: undefined, now: NOW });
}

const READERS: [string, number, (text: string) => unknown][] = [
  ['credentials', INPUT, readCredentials],
  ['base64 of credentials', INPUT, (text) => readBase64(Buffer.from(text).toString('base64'))],
  ['a private key', INPUT, (text) => writeConfig({ private_key: KEY_PEM + text })],
  ['a certificate', INPUT, (text) => writeConfig({ certificate: CERTIFICATE_PEM + text })],
  [
    'an MRN, an endpoint and a proxy',
    INPUT,
    (text) => writeConfig({ mrn: text, api_endpoint: text, api_proxy: text }),
  ],
  ['other keys of credentials', INPUT, (text) => writeConfig({ [text]: text })],
  ['a registration token', INPUT, (text) => readRegistrationToken(text, { endpoint: undefined, now: NOW })],
  ...['api-proxy', 'api-endpoint', 'annotations', 'expect-space', 'fail-on', 'timeout', 'cnspec-version'].map(
    (name): [string, number, (text: string) => unknown] => [name, INPUT, (text) => readInput(name, text)],
  ),
  ['HTTPS_PROXY', INPUT, (text) => environmentProxySecrets({ HTTPS_PROXY: `http://${text}` })],
  [
    'NO_PROXY',
    INPUT,
    (NO_PROXY) => proxyFor('https://us.api.mondoo.com', undefined, { HTTPS_PROXY: 'x', NO_PROXY }),
  ],
  ['the state', INPUT, readState],
  ['a message of the platform', OUTPUT, (message) => parseRpcStatus({ code: 5, message })],
  [
    'credentials that the platform made',
    OUTPUT,
    (text) => readMinted(credentials({ certificate: CERTIFICATE_PEM + text })),
  ],
  ['an ID token', OUTPUT, tokenSecrets],
  ['checksums', OUTPUT, readChecksums],
  ['text for a log', OUTPUT, (text) => plainText(text)],
  ['what a program printed', OUTPUT, (text) => [redact(text), lastLine(text)]],
  ['`cnspec status`', OUTPUT, readStatusOutput],
  ['`cnspec version`', OUTPUT, readVersionOutput],
  ['`cnspec providers list`', OUTPUT, readProvidersOutput],
  ['mondoo.yml in post', OUTPUT, keyHashesIn],
  ['an earlier mondoo.yml', OUTPUT, accountIn],
];

function cpuTime(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Below it, in milliseconds, times are too short to compare. */
const COMPARABLE = 100;

describe.each(READERS)('%s of great length', (_, longest, read) => {
  const timeFor = (text: string) =>
    cpuTime(() => {
      try {
        read(text);
      } catch (error) {
        if (![ActionError, CallError].some((kind) => error instanceof kind)) throw error;
      }
    });

  it('is read or rejected in a time that does not grow with the square of its length', () => {
    for (const [name, make] of TEXTS) {
      let before = Number.POSITIVE_INFINITY;
      // From short to long, so that quadratic growth fails early and doesn't take minutes.
      for (const length of [64, 16, 4, 1].map((part) => longest / part)) {
        const [shorter, text] = [make(length / 4), make(length)];
        const time = timeFor(text);
        if (time >= COMPARABLE && time > 8 * before) {
          const [slow, fast] = [text, shorter].map((text) => Math.min(...[1, 2, 3].map(() => timeFor(text))));
          const label = `${JSON.stringify(name)}, ${length} characters`;
          expect(slow, label).toBeLessThan(Math.max(COMPARABLE, 8 * fast!));
        }
        before = time;
      }
    }
  });
});
