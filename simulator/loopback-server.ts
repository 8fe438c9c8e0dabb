import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerIdentity } from './authority.ts';

/** A server on a free port of the loopback interface. */
export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>` where it speaks TLS. */
  readonly origin: string;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/**
 * Starts a server.
 * @param answer is given a signal that aborts when the server ends; it may throw then
 */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse, closing: AbortSignal) => Promise<void>,
  tls?: ServerIdentity,
): Promise<LoopbackServer> {
  const closing = new AbortController();
  const take = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, closing.signal).catch((error) => {
      // The client has gone, or the server ends. Anything else is a mistake in here, and must not pass for a fault.
      if (!closing.signal.aborted && !request.socket.destroyed) throw error;
    });
  };
  const server = tls ? createTlsServer(tls, take) : createServer(take);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    close: async () => {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
