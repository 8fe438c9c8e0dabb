import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Deadline } from '../../src/platform/deadline.ts';
import { Transport } from '../../src/platform/transport.ts';
import { HttpError } from '../../src/platform/transport-error.ts';
import { rejectionOf } from '../rejection.ts';
import { deadEndpoint, startServer } from './loopback-server.ts';

function post(http: Transport, url: string) {
  const { signal } = new Deadline(5000);
  return http.send({ method: 'POST', url: new URL(url), headers: {}, body: '{}', signal });
}

async function failureOf(request: Promise<unknown>): Promise<HttpError> {
  return rejectionOf(request, HttpError);
}

describe('a proxy', () => {
  /** A proxy that opens tunnels, or responds with its own status, and the requested tunnels. */
  async function startProxy(
    status = 200,
  ): Promise<{ url: string; tunnels: string[]; authorizations: unknown[] }> {
    const tunnels: string[] = [];
    const authorizations: unknown[] = [];
    const sockets = new Set<Duplex>();
    const server = createServer();
    server.on('connect', (request, socket, head) => {
      tunnels.push(request.url!);
      authorizations.push(request.headers['proxy-authorization']);
      sockets.add(socket);
      socket.on('error', () => {});
      if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      const { hostname, port } = new URL(`http://${request.url}`);
      const onward = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      sockets.add(onward);
      onward.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://user:p%40ss@127.0.0.1:${port}/`, tunnels, authorizations };
  }

  function openThrough(proxy: string): Transport {
    const http = new Transport({ proxy });
    onTestFinished(() => http[Symbol.dispose]());
    return http;
  }

  it('receives every request, with the decoded user name and password', async () => {
    const server = await startServer(() => ({ status: 'SERVING' }));
    const { url, tunnels, authorizations } = await startProxy();
    const response = await post(openThrough(url), `${server.endpoint}/Health/Check`);
    expect(response.status).toBe(200);
    expect(tunnels).toEqual([new URL(server.endpoint).host]);
    expect(authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
  });

  it.each([
    [407, /requires a valid user name and password \(HTTP status 407\)/],
    [403, /does not allow connections to us\.api\.mondoo\.com \(HTTP status 403\)/],
  ])(
    "may reject the connection with %i, which is reported as the proxy's error, not the platform's",
    async (status, found) => {
      const { url } = await startProxy(status);
      const { phase, message } = await failureOf(
        post(openThrough(url), 'https://us.api.mondoo.com/Health/Check'),
      );
      expect(phase).toBe('connect');
      expect(message).toMatch(/^the proxy 127\.0\.0\.1:\d+ /);
      expect(message).toMatch(found);
      expect(message).not.toMatch(/p%40ss|p@ss/);
    },
  );

  it('may be unreachable', async () => {
    const { host } = new URL(await deadEndpoint());
    const { message } = await failureOf(post(openThrough(`http://${host}/`), 'https://us.api.mondoo.com/'));
    expect(message).toBe(`the proxy ${host} refuses connections (ECONNREFUSED)`);
  });
});
