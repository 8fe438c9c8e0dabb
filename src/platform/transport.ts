import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { formatDuration } from '../util/duration.ts';
import type { Phase } from './call-error.ts';
import { Connector, hostOf, portOf } from './connect.ts';
import { ConnectTimeout, describeFailure, HttpError, isPermanent } from './transport-error.ts';

/** The limit of one request if nothing else is given, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/** The limit of one connection attempt if nothing else is given, in milliseconds. */
const CONNECT_TIMEOUT = 15_000;

/** The largest response body that `send` reads, in bytes. The platform's own have a few kilobytes. */
const MAX_BODY = 1024 * 1024;

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: string;
}

/** The start of a response, and the local time (milliseconds since the epoch) at both ends of the round trip. */
export interface HttpHead {
  status: number;
  headers: IncomingHttpHeaders;
  sentAt: number;
  receivedAt: number;
}

/** A complete response. */
export interface HttpResponse extends HttpHead {
  body: Buffer;
}

export interface TransportOptions {
  /** URL */
  proxy?: string | undefined;
  /** The limit of one request, in milliseconds; 30 s by default. */
  requestTimeout?: number | 'none' | undefined;
  /** The limit of one connection attempt, in milliseconds; 15 s by default. */
  connectTimeout?: number | undefined;
}

/** What the agent is asked to connect with; it tells connections apart by host and port. */
interface Target {
  host: string;
  port: number;
  url: URL;
}

/** HTTP/1.1 over connections that are kept, with limits on size and time; it follows no redirects. */
export class Transport {
  private readonly options: TransportOptions;
  private readonly agent: http.Agent;
  private readonly closing = new AbortController();

  constructor(options: TransportOptions = {}) {
    this.options = options;
    const { proxy, connectTimeout: timeout = CONNECT_TIMEOUT } = options;
    const connector = new Connector({ proxy, timeout, signal: this.closing.signal });
    // Without a timeout of its own, the agent keeps connections for longer than the server says that it does.
    this.agent = new http.Agent({ keepAlive: true, timeout: REQUEST_TIMEOUT });
    // It gets sockets that are ready for a request, TLS included: `http` serves for https as well.
    this.agent.createConnection = (target, done) => {
      connector.connect((target as Target).url).then(
        (socket) => done?.(null, socket),
        (error) => done?.(error, undefined as never),
      );
      return undefined;
    };
  }

  /**
   * Sends a request and reads the whole response, whatever its status.
   * @param signal ends the request
   * @throws HttpError
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    return this.receive(request, signal, async (head, body) => {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > MAX_BODY) throw new HttpError('body', 'the answer is larger than 1 MiB', true);
        chunks.push(chunk);
      }
      return { ...head, body: Buffer.concat(chunks) };
    });
  }

  /**
   * Sends a request and hands the response over as soon as its headers are there.
   * @param signal ends the request and the response
   * @param consume reads the body; its own errors pass through
   * @throws HttpError
   */
  async receive<T>(
    request: HttpRequest,
    signal: AbortSignal,
    consume: (head: HttpHead, body: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<T> {
    const { proxy, requestTimeout = REQUEST_TIMEOUT } = this.options;
    const limits = requestTimeout === 'none' ? [] : [AbortSignal.timeout(requestTimeout)];
    const stop = AbortSignal.any([signal, ...limits]);
    const startedAt = performance.now();
    let phase: Phase = 'connect';
    const failure = (error: unknown) => {
      if (stop.aborted || error instanceof ConnectTimeout) {
        const waited = error instanceof ConnectTimeout ? error.limit : performance.now() - startedAt;
        return new HttpError(phase, `${WAITING[phase]} within ${formatDuration(Math.round(waited))}`);
      }
      const reason = describeFailure(error as Error, phase, { url: request.url, proxy });
      return new HttpError(phase, reason, isPermanent(error as Error));
    };
    async function* chunksOf(response: IncomingMessage): AsyncGenerator<Buffer> {
      try {
        yield* response;
      } catch (error) {
        throw failure(error);
      }
    }

    let sentAt = 0;
    const response = await this.begin(request, stop, () => {
      phase = 'headers';
      sentAt = Date.now();
    }).catch((error) => {
      throw failure(error);
    });
    phase = 'body';
    const { statusCode: status = 0, headers } = response;
    try {
      return await consume({ status, headers, sentAt, receivedAt: Date.now() }, chunksOf(response));
    } finally {
      // Unless it was read to its end, nobody can use the connection any more.
      response.destroy();
    }
  }

  /** Resolves to the response when its headers are there. The signal ends the request and the response. */
  private async begin(
    { method, url, headers, body = '' }: HttpRequest,
    stop: AbortSignal,
    onConnected: () => void,
  ): Promise<IncomingMessage> {
    stop.throwIfAborted();
    const target: Target = { host: hostOf(url), port: portOf(url), url };
    const length = body && { 'content-length': Buffer.byteLength(body) };
    const request = http.request({
      ...target,
      agent: this.agent,
      method,
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host, ...length },
    });
    return new Promise((resolve, reject) => {
      stop.addEventListener('abort', () => {
        // A request that still waits for its connection doesn't report that it was destroyed.
        reject(stop.reason);
        request.destroy();
      });
      request.on('socket', onConnected).on('response', resolve).on('error', reject).end(body);
    });
  }

  /** Drops every connection, so that none keeps the process alive. */
  close(): void {
    this.closing.abort();
    this.agent.destroy();
  }
}

const WAITING: Record<Phase, string> = {
  connect: 'no connection',
  headers: 'connected, but no answer',
  body: 'the answer began but did not end',
};
