import { once } from 'node:events';
import http from 'node:http';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { formatDuration } from '../util/duration.ts';
import { codeSpan } from '../util/text.ts';
import { proxyLogin } from '../util/url.ts';
import { HttpError, toHttpError, UNKNOWN_CA_CODES } from './transport-error.ts';

/** How a server is reached. */
export interface Route {
  proxy?: string | undefined;
  /** The input, variable or field that names the proxy. */
  proxyFrom?: string | undefined;
  /** The value of NODE_EXTRA_CA_CERTS. */
  extraCaFile?: string | undefined;
}

/** What the sockets of a transport have in common. */
export interface SocketContext extends Route {
  /** Milliseconds. */
  timeout: number;
  signal: AbortSignal;
  /** Set once a certificate turned up whose CA Node doesn't know. */
  ca?: string[];
}

/** Milliseconds for each address of a name: Node's default of 250 is too short for a far platform. */
const ATTEMPT_TIMEOUT = 4000;

/** Opens a connection that is ready for a request, with TLS for https. Throws HttpError. @param limit the timeout */
export async function openSocket(url: URL, context: SocketContext, limit: AbortSignal): Promise<Socket> {
  const { ca } = context;
  const proxy = context.proxy ? new URL(context.proxy) : undefined;
  const signal = AbortSignal.any([limit, context.signal]);
  let isTunnelOpen = false;
  let socket: Socket | undefined;
  try {
    socket = await dial(proxy ?? url, ca, signal);
    if (!proxy) return socket;
    await openTunnel(socket, url, proxy, signal);
    isTunnelOpen = true;
    return await dial(url, ca, signal, socket);
  } catch (error) {
    socket?.destroy();
    const isUnknownCa = ((error as NodeJS.ErrnoException).code ?? '') in UNKNOWN_CA_CODES;
    if (limit.aborted) throw noConnection(context.timeout, url, context);
    if (!isUnknownCa || ca) {
      const failure = toHttpError(error, 'connect', url, proxy, isTunnelOpen);
      if (isUnknownCa) failure.remedy = trustRemedy(context);
      else if (!isTunnelOpen) failure.remedy = proxyRemedy(url, context);
      throw failure;
    }
  }
  // Reading the system's store takes long, so it is left alone until it is needed.
  context.ca ??= [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
  return openSocket(url, context, limit);
}

/** @param waited milliseconds */
export function noConnection(waited: number, url: URL, route: Route): HttpError {
  const through = route.proxy ? ` through the proxy ${new URL(route.proxy).host}` : '';
  const message = `no connection within ${formatDuration(waited)}${through}`;
  return new HttpError('connect', message, false, proxyRemedy(url, route));
}

function proxyRemedy({ host }: URL, { proxy, proxyFrom }: Route): string | undefined {
  if (!proxy) return undefined;
  return `Check the proxy in ${proxyFrom}: its name, port and password, and whether it allows connections to ${host}.`;
}

function trustRemedy({ extraCaFile }: Route): string {
  const remedy = "Add the CA to the system's store, or set `NODE_EXTRA_CA_CERTS` to the path of its PEM file.";
  if (!extraCaFile || tls.getCACertificates('extra').length > 0) return remedy;
  return `${remedy} The variable is set to ${codeSpan(extraCaFile, 200)}, but Node found no PEM certificate there. The path must be absolute and without quotes, the file ASCII text with \`-----BEGIN CERTIFICATE-----\`.`;
}

/** @param through a socket that is connected with the server already */
async function dial(url: URL, ca: string[] | undefined, signal: AbortSignal, through?: Socket): Promise<Socket> {
  const isTls = url.protocol === 'https:';
  if (through && !isTls) return through;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: portOf(url), autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT };
  // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable it.
  const security = { ...(net.isIP(host) === 0 && { servername: host }), ca, rejectUnauthorized: true };
  const socket = isTls ? tls.connect({ ...target, ...security, socket: through }) : net.connect(target);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw error;
  }
}

export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

async function openTunnel(socket: Socket, url: URL, proxy: URL, signal: AbortSignal): Promise<void> {
  const { username, password } = proxyLogin(proxy.href);
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const host = `${url.hostname}:${portOf(url)}`;
  const headers = { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) };
  const request = http.request({ createConnection: () => socket, method: 'CONNECT', path: host, headers });
  // `once` itself stops listening for errors after the first event.
  const connected = once(request.on('error', () => {}).end(), 'connect', { signal });
  const [{ statusCode = 0 }, , head] = (await connected) as [http.IncomingMessage, Socket, Buffer];
  socket.unshift(head);
  if (statusCode === 200) return;
  const problem =
    statusCode === 407 ? 'requires a valid user name and password' : `does not allow connections to ${url.host}`;
  // Many attempts with a wrong password may lock the account.
  const permanent = statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
  throw new HttpError('connect', `the proxy ${proxy.host} ${problem} (HTTP status ${statusCode})`, permanent);
}
