import http from 'node:http';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { proxyLogin } from '../util/url.ts';
import { ConnectTimeout, isUnknownIssuer, ProxyError, ProxyRefusal } from './transport-error.ts';

/** How servers are reached. */
export interface Route {
  /** URL */
  proxy: string | undefined;
  /** The limit of one attempt, in milliseconds. */
  timeout: number;
  /** Ends all attempts. */
  signal: AbortSignal;
}

/**
 * How long one of several addresses of a name is tried before the next, in milliseconds. Node's default of 250 ms is
 * less than a handshake with a far platform takes, which then is never reached.
 */
const ATTEMPT_TIMEOUT = 4000;

/**
 * Opens connections that are ready to carry a request: through the proxy if there is one, and with TLS for https.
 * Certificates are always verified, with the system's CAs as soon as one turns up that Node does not know.
 */
export class Connector {
  private readonly route: Route;
  private ca: string[] | undefined;

  constructor(route: Route) {
    this.route = route;
  }

  /** @throws ConnectTimeout, ProxyRefusal, ProxyError, or Node's own error with a `code` */
  async connect(url: URL): Promise<Socket> {
    const timeout = AbortSignal.timeout(this.route.timeout);
    const signal = AbortSignal.any([timeout, this.route.signal]);
    const hadSystemCas = this.ca !== undefined;
    try {
      return await this.open(url, signal);
    } catch (error) {
      if (timeout.aborted) throw new ConnectTimeout(this.route.timeout);
      const { code } = (error instanceof ProxyError ? error.cause : error) as NodeJS.ErrnoException;
      if (!isUnknownIssuer(code) || hadSystemCas) throw error;
    }
    // Reading the system's store takes long, so it is left alone until it is needed.
    this.ca ??= [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
    return this.open(url, signal);
  }

  private async open(url: URL, signal: AbortSignal): Promise<Socket> {
    const { proxy } = this.route;
    if (proxy === undefined) return this.dial(url, signal);
    const proxyUrl = new URL(proxy);
    const socket = await this.dial(proxyUrl, signal).catch((error) => {
      throw new ProxyError(error);
    });
    await openTunnel(socket, url, proxyUrl, signal);
    return url.protocol === 'https:' ? this.encrypt(url, { socket }, signal) : socket;
  }

  private dial(url: URL, signal: AbortSignal): Promise<Socket> {
    const target = {
      host: hostOf(url),
      port: portOf(url),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT,
    };
    return url.protocol === 'https:'
      ? this.encrypt(url, target, signal)
      : ready(net.connect(target), 'connect', signal);
  }

  private encrypt(url: URL, target: tls.ConnectionOptions, signal: AbortSignal): Promise<Socket> {
    const host = hostOf(url);
    const socket = tls.connect({
      ...target,
      host,
      ...(net.isIP(host) === 0 && { servername: host }),
      ...(this.ca && { ca: this.ca }),
      // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable it.
      rejectUnauthorized: true,
    });
    return ready(socket, 'secureConnect', signal);
  }
}

/** The port that a URL names, or else the one of its scheme. */
export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/** An IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Has a proxy connect a socket with a server, by CONNECT. */
async function openTunnel(socket: Socket, url: URL, proxy: URL, signal: AbortSignal): Promise<void> {
  const { username, password } = proxyLogin(proxy.href);
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const host = `${url.hostname}:${portOf(url)}`;
  const request = http.request({
    createConnection: () => socket,
    method: 'CONNECT',
    path: host,
    headers: { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) },
  });
  try {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      request.on('error', reject).on('connect', ({ statusCode }, _, head) => {
        socket.unshift(head);
        resolve(statusCode);
      });
      request.end();
    });
    if (status !== 200) throw new ProxyRefusal(status);
  } catch (error) {
    socket.destroy();
    throw error instanceof ProxyRefusal ? error : new ProxyError(error as Error);
  }
}

/** Waits until a socket is connected; one that does not get there is destroyed. */
function ready(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      signal.removeEventListener('abort', abort);
      socket.off('error', settle).off(event, settle);
      if (error === undefined) return resolve(socket);
      socket.on('error', () => {}).destroy();
      reject(error);
    };
    const abort = () => settle(signal.reason);
    signal.addEventListener('abort', abort);
    socket.on('error', settle).on(event, () => settle());
    if (signal.aborted) abort();
  });
}
