import { describe, expect, it } from 'vitest';
import { renderMondooYml } from '../src/config/render.ts';
import { readRegistrationToken } from '../src/credentials/registration-token.ts';
import { credentialSecrets, proxySecrets, secretsIn, tokenSecrets } from '../src/credentials/secrets.ts';
import { readServiceAccount } from '../src/credentials/service-account.ts';
import { parseRpcStatus } from '../src/platform/rpc-status.ts';
import { parseDuration } from '../src/util/duration.ts';
import { ActionError } from '../src/util/errors.ts';
import { plainText } from '../src/util/text.ts';
import { parseEndpoint, parseProxyUrl, UrlError } from '../src/util/url.ts';
import { NOW, parseGiven } from './fixtures.ts';

/** The maximum length of an input. */
const INPUT = 128 * 1024;
/** The maximum length of a response. */
const ANSWER = 1024 * 1024;

/** Pieces that are expensive for a parser if they repeat. */
const PIECES = [
  ...[
    '[',
    '{"a":',
    '{',
    '"',
    "'",
    '\\',
    '\\n',
    ' ',
    '\n',
    '\t',
    ',',
    '=',
    'A',
    'A=',
    'é',
    '\ud800',
    '\u0085',
  ],
  ...['a: ', '- ', '? ', '&a ', '*a ', '!a ', '%a ', '| ', '#', ':', '##[', '.', 'eyJ', '-eyJ', 'eyJ.'],
  ...['-----BEGIN ', '-----BEGIN PRIVATE KEY-----', '-----END ', '1h', '/', '@', '%41'],
];

const readCredentials = (text: string) => readServiceAccount(parseGiven(text), { now: NOW });

const READERS: [string, number, (text: string) => unknown][] = [
  ['credentials', INPUT, readCredentials],
  ['a field of credentials', INPUT, (text) => readCredentials(`{"mrn": ${text}`)],
  ['base64 of credentials', INPUT, (text) => readCredentials(Buffer.from(text).toString('base64'))],
  ['a registration token', INPUT, (text) => readRegistrationToken(text, { endpoint: undefined, now: NOW })],
  ['an endpoint', INPUT, (text) => parseEndpoint(`https://${text}`)],
  ['a proxy', INPUT, (text) => parseProxyUrl(`http://${text}`)],
  ['a duration', INPUT, parseDuration],
  ['the masks of credentials', INPUT, credentialSecrets],
  ['the masks of a key', INPUT, (text) => secretsIn(`-----BEGIN PRIVATE KEY-----${text}`)],
  ['the masks of a token', INPUT, tokenSecrets],
  ['the masks of a proxy', INPUT, (text) => proxySecrets(`http://${text}`)],
  ['mondoo.yml', INPUT, (text) => renderMondooYml({ [text]: text }, 'a test')],
  ['a message of the platform', ANSWER, (message) => parseRpcStatus({ code: 5, message })],
  ['text for a log', ANSWER, plainText],
];

describe.each(READERS)('%s of great length', (_, length, read) => {
  // Work that grows with the square of the length hangs until the test times out.
  it('is read or rejected, with any repetition', () => {
    for (const piece of PIECES) {
      try {
        read(piece.repeat(length / piece.length));
      } catch (error) {
        expect(error instanceof ActionError || error instanceof UrlError, `${piece}: ${error}`).toBe(true);
      }
    }
  });
});
