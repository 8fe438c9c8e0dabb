import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerIdentity } from './authority.ts';

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>` with TLS. */
  readonly origin: string;
  close(): Promise<void>;
}

/** `respond` may throw after its signal has aborted. */
export async function listen(
  respond: (request: IncomingMessage, response: ServerResponse, closing: AbortSignal) => Promise<void>,
  tls?: ServerIdentity,
): Promise<LoopbackServer> {
  const closing = new AbortController();
  const take = (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response, closing.signal).catch((error) => {
      // Any other error is a bug in the simulator and must not look like a fault.
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
