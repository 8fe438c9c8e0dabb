import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CallError, RpcCode } from '../../src/platform/call-error.ts';
import { parseRpcStatus } from '../../src/platform/json-call.ts';

import { annotationText } from '../../src/report/annotation.ts';
import { statusLines } from '../../src/report/log.ts';
import { outputs } from '../../src/report/outputs.ts';
import { summaryHtml } from '../../src/report/summary.ts';
import type { Result } from '../../src/status/result.ts';
import { verdictOn } from '../../src/status/verdict.ts';
import { ActionError, FINDINGS } from '../../src/util/errors.ts';
import {
  account,
  CLIENT_MRN,
  callError,
  health,
  jwt,
  piecesOf,
  registrationToken,
  result,
  resultWithoutAccount,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

const TOKEN = jwt({ iss: 'mondoo/ams', sub: 'a subject that must not be printed' });
const PIECES = TOKEN.split('.').flatMap((part) => piecesOf(part, 16));

const linkTo = (code: string) => `https://github.com/acme/shop/blob/c0ffee/docs/troubleshooting.md#${code}`;

/** One line without anything that a runner or terminal would interpret. */
const HARMLESS = /^(?!\s*::)(?!.*##\[)[^\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u;

/** All markup that a summary uses. */
const MARKUP =
  /<\/?(?:h3|h4|p|b|table|tr|th|td|code|details|summary)>|<a href="[^"<>]*">|<\/a>|&(?:amp|lt|gt|quot|#39);/g;

it('with any names, claims, paths and messages, each report is harmless and contains no token', () => {
  const scrap = fc.oneof(
    fc.constantFrom(
      '::error::x',
      '\n::add-mask::x',
      '\r::stop-commands::x',
      '##[error]x',
      '##',
      '[',
      '%0A',
      '\0',
    ),
    fc.constantFrom(
      '<script>',
      '</td>',
      '"',
      "'",
      '&lt;',
      '`',
      '**',
      '](https://evil.example)',
      '|',
      '\n\n# x',
    ),
    fc.constantFrom(
      '\u001b[31m',
      '\u009b2J',
      '\u0085',
      '\u2028',
      '\u202e',
      '\u2067',
      '\u200f',
      '\u061c',
      '\ufeff',
    ),
    fc.constantFrom(TOKEN, ' ', 'x'.repeat(5000)),
    fc.string({ maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const text = fc.array(scrap, { maxLength: 8 }).map((scraps) => scraps.join(''));
  const rpc = fc
    .record({ code: fc.constantFrom(...Object.values(RpcCode), 99), message: text })
    .map((body) => ({ kind: 'rpc' as const, status: parseRpcStatus(body)! }));
  const error = (method: string): fc.Arbitrary<CallError> => rpc.map((failure) => callError(failure, method));
  const ping = error('AgentManager/PingPong');
  // Names and claims aren't secret, so a token in one of them isn't a leak.
  const noToken = text.map((given) => given.replaceAll(TOKEN, ''));

  const check = fc.record({
    health: fc.oneof(error('Health/Check'), fc.constantFrom(health(), health({ status: 'NOT_SERVING' }))),
    ping: fc.oneof(ping, fc.constant('accepted' as const)),
  });
  const registration = fc.record(
    { name: noToken, wanted: fc.constant(true), error: error('AgentManager/RegisterAgent') },
    { requiredKeys: ['name', 'wanted'] },
  );
  const exchange = fc.record({
    exchangeError: fc.oneof(error('SecureTokenService/ExchangeExternalToken'), error('GitHub/IdToken')),
    idToken: fc.record({
      issuer: noToken,
      audience: noToken,
      subject: noToken,
      repository: noToken,
      ref: noToken,
      environment: noToken,
      job_workflow_ref: noToken,
    }),
  });
  const someError = fc
    .tuple(fc.constantFrom(...FINDINGS), noToken, noToken)
    .map(([code, message, remedy]) => new ActionError(code, `It is ${message}`, `Do ${remedy}`));
  const anyResult: fc.Arbitrary<Result> = fc.oneof(
    fc.tuple(check, registration).map(([check, registration]) => result({ check, registration })),
    fc
      .tuple(check, registration)
      .map(([check, registration]) => result({ identity: registrationToken(), check, registration })),
    exchange.map((changes) => resultWithoutAccount(WORKLOAD_IDENTITY, changes)),
    someError.map((error) =>
      result({
        error,
        registration: { wanted: true, name: 'x', clientMrn: CLIENT_MRN },
        account: account(),
      }),
    ),
  );

  fc.assert(
    fc.property(anyResult, noToken, fc.boolean(), (given, configPath, tolerant) => {
      const found = { ...given, configPath };
      const verdict = verdictOn(found, { failOn: new Set(tolerant ? [] : FINDINGS), maxClockSkew: 30_000 });
      for (const { message, remedy } of [...verdict.fatal, ...verdict.tolerated]) {
        expect(message).not.toBe('');
        expect(remedy).not.toBe('');
      }
      const lines = statusLines(found, verdict);
      const annotation = annotationText([...verdict.fatal, ...verdict.tolerated], linkTo);
      for (const line of [...lines, ...annotation.split('\n')]) expect(line).toMatch(HARMLESS);

      const { 'config-path': _, 'status-json': json = '', ...texts } = outputs(found, verdict);
      for (const output of Object.values(texts)) expect(output).toMatch(HARMLESS);
      expect(json).not.toContain('\n');

      const summary = summaryHtml(found, verdict, linkTo, 'Run cnspec.');
      expect(summary).toMatch(/^<h3>.*<\/h3>\n(?:<.*>\n)*$/);
      expect(summary.replace(MARKUP, '')).not.toMatch(/[<>"'&]/);
      for (const line of summary.trimEnd().split('\n')) expect(line).toMatch(HARMLESS);

      const printed = [...lines, annotation, json, summary, ...Object.values(texts)].join('\n');
      expect(PIECES.find((piece) => printed.includes(piece))).toBeUndefined();
    }),
  );
});
