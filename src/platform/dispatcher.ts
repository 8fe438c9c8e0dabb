import tls from 'node:tls';
import type { Dispatcher } from 'undici';
// The whole of undici takes longer to load than everything else together; these are the parts that are needed.
import connect from 'undici/lib/api/api-connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import DispatcherClass from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import { proxyLogin } from '../values/proxy-url.ts';
import { ProxyConnectionError } from './http-failure.ts';

// undici's index gives its dispatchers their methods in this way; ProxyAgent needs this one.
DispatcherClass.prototype.connect = connect;

/** How the platform is reached. */
export interface Route {
  /** The URL of a proxy. */
  proxy?: string | undefined;
  /** Whether issuers count that only the system's own store knows. */
  trustSystem?: boolean;
  /** The longest answer that is read, in bytes, where it is not one of the platform's. */
  maxAnswerBytes?: number;
}

/** The longest answer that is read, in bytes. The platform's own are a few kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** How long a connection may take, in milliseconds. */
const CONNECT_TIMEOUT = 15_000;

/** Opens what requests are dispatched by: connections are kept, certificates always verified. */
export function openDispatcher({
  proxy,
  trustSystem = false,
  maxAnswerBytes = MAX_ANSWER_BYTES,
}: Route): Dispatcher {
  const tlsOptions = {
    // Said outright because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would switch it off.
    rejectUnauthorized: true,
    timeout: CONNECT_TIMEOUT,
    ...(trustSystem && { ca: [...tls.getCACertificates('default'), ...tls.getCACertificates('system')] }),
  };
  // The time limits are those of Http; undici's own count idle time only.
  const limits = { maxResponseSize: maxAnswerBytes, headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === undefined) return new Agent({ connect: tlsOptions, ...limits });
  const { username, password } = proxyLogin(proxy);
  // ProxyAgent leaves out a user name that has no password.
  const login = username && { token: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  const { origin: uri } = new URL(proxy);
  return new ProxyAgent({
    uri,
    ...login,
    requestTls: tlsOptions,
    proxyTls: tlsOptions,
    clientFactory: connectOnce,
    ...limits,
  });
}

/**
 * Makes the connections to a proxy itself, and marks what goes wrong with them.
 * undici connects again at once, and without end, when a proxy breaks off with UND_ERR_SOCKET.
 */
function connectOnce(origin: URL, options: object): Dispatcher {
  const pool = new Pool(origin.origin, options);
  const open = pool.connect.bind(pool) as (
    options: Dispatcher.ConnectOptions,
  ) => Promise<Dispatcher.ConnectData>;
  const connect = (target: Dispatcher.ConnectOptions) =>
    open(target).catch((error: NodeJS.ErrnoException) => {
      throw new ProxyConnectionError(error);
    });
  return Object.assign(pool, { connect }) as Dispatcher;
}
