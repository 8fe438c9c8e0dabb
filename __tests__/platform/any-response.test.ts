import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { agentInfo } from '../../src/platform/agent-info.ts';
import { CallError, RpcCode } from '../../src/platform/call-error.ts';
import type { PlatformClient } from '../../src/platform/client.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { account, CLIENT_MRN, jwt, OWNER_MRN, piecesOf, result } from '../fixtures.ts';
import { openClient, type Received, startServer } from './loopback-server.ts';

/** Longer than all cases of a property take. */
const LONG = 3_600_000;

const TOKEN = jwt({ space: OWNER_MRN });
const INFO = agentInfo(result().host, '1', {});

/** The request of each method, and a valid response. */
const METHODS: { send: (client: PlatformClient) => Promise<unknown>; good: object }[] = [
  { send: (client) => client.checkHealth(), good: { status: 'SERVING', time: '2026-11-24T22:54:02Z' } },
  { send: (client) => client.pingPong(account()), good: {} },
  { send: (client) => client.pingPong(account(), 3_600_000), good: {} },
  { send: (client) => client.registerAgent(account(), 'x', INFO), good: { agent_mrn: CLIENT_MRN } },
  {
    send: (client) => client.registerWithToken(TOKEN, 'x', INFO, new Deadline(LONG)),
    good: { agent_mrn: CLIENT_MRN },
  },
  { send: (client) => client.unregisterAgent(account(), CLIENT_MRN), good: {} },
  {
    send: (client) =>
      client.exchangeExternalToken({ issuerUri: 'x', audience: OWNER_MRN }, async () => TOKEN),
    good: { base64_credential: 'e30=' },
  },
];

/** Responses that cause a retry have their own tests; here they would only take time. */
const RETRIED: readonly number[] = [
  RpcCode.DeadlineExceeded,
  RpcCode.ResourceExhausted,
  RpcCode.Aborted,
  RpcCode.Unavailable,
];

it('returns the promised value, or an error of one line without a token, for any response', async () => {
  let responseTo: (request: Received) => Buffer = () => Buffer.alloc(0);
  let status = 200;
  let headers: Record<string, string> = {};
  let sent: string[] = [];
  const server = await startServer((request, response) => {
    sent = [...(request.headers.authorization?.split(/[ .]/) ?? []), ...TOKEN.split('.')];
    response.writeHead(status, headers).end(responseTo(request));
  });
  const client = openClient(server.endpoint, LONG);

  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
  const code = fc
    .oneof(fc.constantFrom(...Object.values(RpcCode)), fc.integer())
    .filter((code) => !RETRIED.includes(code));
  const json = (value: unknown) => () => Buffer.from(JSON.stringify(value) ?? '');
  const responses = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => () => Buffer.from(bytes)),
    fc.jsonValue().map(json),
    fc
      .record({ code: fc.jsonValue().filter((any) => !RETRIED.includes(any as number)), message: text })
      .map(json),
    fc
      .dictionary(
        fc.constantFrom('status', 'time', 'apiVersion', 'agent_mrn', 'credential', 'base64_credential'),
        fc.oneof(fc.jsonValue(), fc.constantFrom('SERVING', CLIENT_MRN, '2026-11-24T22:54:02Z')),
      )
      .map(json),
    // An error that quotes the request.
    fc.record({ code, before: text, after: text }).map(({ code, before, after }) => (request: Received) => {
      const message = `${before}${request.headers.authorization?.replace('Bearer ', '') ?? ''}${after}${request.body}`;
      return Buffer.from(JSON.stringify({ code, message }));
    }),
    fc
      .constantFrom('['.repeat(60_000), '{"a":'.repeat(20_000), '1e999999', '{"__proto__":{"code":16}}')
      .map((body) => () => Buffer.from(body)),
  );
  const someHeaders = fc.dictionary(
    fc.constantFrom('retry-after', 'content-type', 'location', 'content-encoding'),
    fc.stringMatching(/^[\x20-\x7e]*$/),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...METHODS),
      responses,
      fc.constantFrom(200, 201, 299, 300, 304, 308, 400, 401, 403, 404, 407, 409, 500, 501),
      someHeaders,
      async ({ send }, ...next) => {
        [responseTo, status, headers] = next;
        try {
          await send(client);
          expect(status).toBeLessThan(300);
        } catch (error) {
          expect(error).toBeInstanceOf(CallError);
          const { message, failure } = error as CallError;
          expect(message).toMatch(/^(?!\s*::)(?!.*##\[)[^\p{Cc}]+$/u);
          expect(failure.kind).not.toBe('connection');
          const all = `${message}${JSON.stringify(error)}`;
          expect(sent.flatMap((part) => piecesOf(part, 16)).filter((piece) => all.includes(piece))).toEqual(
            [],
          );
        }
      },
    ),
  );
  // A valid response still works: none of the above failed only because of the deadline.
  [status, headers] = [200, {}];
  for (const { send, good } of METHODS) {
    responseTo = json(good);
    await send(client);
  }
});

it("throws a CallError for any bytes that aren't HTTP", async () => {
  let next = Buffer.alloc(0);
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(next));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const client = openClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, LONG);

  const scrap = fc.oneof(
    fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 101 Switching Protocols',
      'HTTP/1.1 100 Continue',
      'HTTP/0.9 200',
      '\r\n',
      '\n',
      '\r\n\r\n',
      'content-length: 5\r\n',
      'content-length: -1\r\n',
      'transfer-encoding: chunked\r\n',
      'connection: upgrade\r\nupgrade: x\r\n',
      '5\r\n',
      '0\r\n\r\n',
      '{"a":1}',
      '\0',
      '\u00ff',
    ),
    fc.string({ maxLength: 8 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(scrap, { maxLength: 8 }).map((scraps) => scraps.join('')),
      async (text) => {
        next = Buffer.from(text, 'latin1');
        // A method that is never retried.
        const error = await client.call('Greeter/Greet', '{}').then(
          ({ value }) => value,
          (error) => error,
        );
        if (error instanceof CallError) expect(error.message).toMatch(/^[^\p{Cc}]+$/u);
        else expect(error).toEqual({ a: 1 });
      },
    ),
  );
});
