import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import type { Fault, Method } from '../../../simulator/platform.ts';
import { test } from '../stage.ts';
import { expectOutcome, HEALTH, PING, REGISTER } from './outcome.ts';

/** A server that never finishes a response, and the phase that the message names. */
interface Endless {
  what: string;
  fault: Fault;
  phase: RegExp;
}

const ENDLESS: Endless[] = [
  {
    what: 'accepts the request and sends nothing',
    fault: { kind: 'hang' },
    phase: /connected, but no response within/,
  },
  {
    what: 'sends one byte a minute',
    fault: { kind: 'drip', ms: 60_000 },
    phase: /the response began but did not end within/,
  },
  {
    what: 'stops in the middle of the response',
    fault: { kind: 'half', end: 'silence' },
    phase: /the response began but did not end within/,
  },
];

/** Long enough to reach each method on a busy runner; each of these servers hangs until then. */
const TIMEOUT = '6s';

describe.concurrent.each<Method>([HEALTH, PING, REGISTER])('%s', (method) => {
  test.for(ENDLESS)('of a platform that $what ends at the timeout', async ({ fault, phase }, { stage }) => {
    stage.platform.fault(method, fault);
    const registering = method === REGISTER;
    const step = await stage.run({ timeout: TIMEOUT });
    expectOutcome(step, stage.platform, {
      finding: registering ? 'unregistered' : 'unreachable',
      says: phase,
      asked: { health: 1, ping: 1, register: registering ? 1 : 0 },
      // Each of these platforms performs the call, except the one that never responds.
      clients: registering && fault.kind !== 'hang' ? 1 : 0,
    });
    if (registering) expect(step.outputs.error).toContain('may exist');
  });
});

/** How the step reaches a server that sends nothing. */
const SILENT: { what: string; url(port: number): Record<string, string>; phase: RegExp }[] = [
  {
    what: 'by plain HTTP',
    url: (port) => ({ 'api-endpoint': `http://127.0.0.1:${port}` }),
    phase: /connected, but no response within/,
  },
  {
    what: 'by TLS',
    url: (port) => ({ 'api-endpoint': `https://localhost:${port}` }),
    phase: /no connection within/,
  },
  {
    what: 'as a proxy',
    url: (port) => ({
      'api-endpoint': 'https://us.api.mondoo.com',
      'api-proxy': `http://127.0.0.1:${port}`,
    }),
    phase: /no connection within/,
  },
  {
    what: 'as a proxy over TLS',
    url: (port) => ({
      'api-endpoint': 'https://us.api.mondoo.com',
      'api-proxy': `https://localhost:${port}`,
    }),
    phase: /no connection within/,
  },
];

describe.concurrent.each(SILENT)(
  'a server that accepts and sends nothing, reached $what',
  ({ url, phase }) => {
    test('ends the step at its deadline, and the process with it', async ({ stage }) => {
      const server = stage.until(await startSilentServer());
      const step = await stage.run({ ...url(server.port), timeout: TIMEOUT });
      expectOutcome(step, stage.platform, {
        finding: 'unreachable',
        says: phase,
        asked: { health: 0, ping: 0, register: 0 },
        clients: 0,
      });
      expect(server.connections).toBeLessThanOrEqual(2);
    });
  },
);

/** Starts a server that only accepts connections. */
async function startSilentServer() {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.length;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
