import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SlowLink {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Relays to a platform. Delays each connection and all bytes from the platform by `ms`, as one round trip. */
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
    // The kernel has accepted already, so the client notices the delay at its first bytes only.
    later(() => near.pipe(far));
    far.on('data', (bytes) => later(() => near.write(bytes)));
    far.on('end', () => later(() => near.end()));
  });

  /** Timers of equal length fire in order, so the bytes stay in order. */
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
