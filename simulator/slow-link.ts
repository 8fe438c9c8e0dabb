import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A long way to a platform. */
export interface SlowLink {
  /** The platform's endpoint as it is reached over the link. */
  readonly endpoint: string;
  /** Ends the link and every connection over it. */
  close(): Promise<void>;
}

/**
 * Starts a relay in front of a platform that makes every round trip as long as on a real network. A connection
 * is accepted so much later, and so much later comes whatever the platform says; nothing else waits. Who waits
 * for an answer waits once, however many bytes or requests are on the way at the same time.
 * @param to the platform's endpoint
 * @param ms how long one round trip is
 */
export async function startSlowLink(to: string, ms: number): Promise<SlowLink> {
  const destination = Number(new URL(to).port);
  const sockets = new Set<Socket>();

  const server = createServer({ noDelay: true, pauseOnConnect: true }, (near) => {
    const far = connect({ port: destination, host: '127.0.0.1', noDelay: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    // The system has accepted the connection by now: for the client it stands only when its first bytes are read.
    later(() => near.pipe(far));
    far.on('data', (bytes) => later(() => near.write(bytes)));
    far.on('end', () => later(() => near.end()));
  });

  /** Timers of the same length end in the order in which they were set, so that bytes stay in theirs. */
  function later(act: () => void): void {
    if (ms === 0) act();
    else setTimeout(act, ms);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = new URL(to);
  endpoint.port = String((server.address() as AddressInfo).port);

  return {
    endpoint: endpoint.origin,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
