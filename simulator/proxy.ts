import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerIdentity } from './authority.ts';

export type ProxyConduct =
  /** `password`: forwards only with the right login. */
  | { kind: 'tunnel'; username?: string; password?: string }
  /** Responds instead of forwarding. */
  | { kind: 'response'; status: number; headers?: OutgoingHttpHeaders; body?: string }
  /** Never responds. */
  | { kind: 'silence' }
  /** Closes the connection, at once or after the tunnel is open. */
  | { kind: 'reset'; when: 'before' | 'after' };

export interface ProxyRequest {
  /** `us.api.mondoo.com:443`; for a request other than CONNECT, its method and URL. */
  target: string;
  /** Decoded: `user:password`. */
  credentials: string | undefined;
  letThrough: boolean;
}

export interface ProxyOptions {
  to: string;
  conduct?: ProxyConduct;
  tls?: ServerIdentity;
}

/** A proxy on loopback that sends every host to the simulator. */
export interface ConnectProxy {
  /** `http://127.0.0.1:<port>` or https, without a password. */
  readonly url: string;
  /** With a URL-encoded user name and password. */
  urlFor(username: string, password: string): string;
  readonly requests: readonly ProxyRequest[];
  readonly connections: number;
  close(): Promise<void>;
}

export async function startProxy({
  to,
  conduct = { kind: 'tunnel' },
  tls,
}: ProxyOptions): Promise<ConnectProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Duplex>();
  let connections = 0;
  const destination = Number(new URL(to).port);

  const server = tls ? createTlsServer(tls) : createServer();
  server.on('connection', (socket: Duplex) => {
    connections++;
    keep(socket);
  });
  server.on('request', (request, response) => {
    requests.push({ ...recordOf(request), target: `${request.method} ${request.url}` });
    response.writeHead(405).end();
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    keep(socket);
    const record = recordOf(request);
    requests.push(record);
    switch (conduct.kind) {
      case 'tunnel': {
        const wanted = conduct.password && `${conduct.username ?? ''}:${conduct.password}`;
        if (wanted && record.credentials !== wanted) {
          socket.end(head(407, { 'proxy-authenticate': 'Basic realm="proxy"' }));
          return;
        }
        record.letThrough = true;
        tunnel(socket);
        return;
      }
      case 'response':
        socket.end(head(conduct.status, conduct.headers) + (conduct.body ?? ''));
        return;
      case 'silence':
        return;
      case 'reset':
        if (conduct.when === 'after') {
          record.letThrough = true;
          socket.end(head(200));
        } else socket.destroy();
    }
  });

  function keep(socket: Duplex): void {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  }

  function tunnel(socket: Duplex): void {
    const onward = connect(destination, '127.0.0.1', () => {
      socket.write(head(200));
      socket.pipe(onward).pipe(socket);
    });
    keep(onward);
    socket.on('close', () => onward.destroy());
    onward.on('close', () => socket.destroy());
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;

  return {
    url,
    urlFor: (username, password) => {
      const full = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
      return url.replace('://', `://${full}@`);
    },
    requests,
    get connections() {
      return connections;
    },
    close: async () => {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function recordOf({ url = '', headers }: IncomingMessage): ProxyRequest {
  const encoded = /^Basic (.+)$/.exec(headers['proxy-authorization'] ?? '')?.[1];
  return {
    target: url,
    credentials: encoded && Buffer.from(encoded, 'base64').toString('utf8'),
    letThrough: false,
  };
}

function head(status: number, headers: OutgoingHttpHeaders = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`;
}
