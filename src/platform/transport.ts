import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { callbackify } from 'node:util';
import { formatDuration } from '../util/duration.ts';
import { USER_AGENT } from './agent-info.ts';
import type { Phase } from './call-error.ts';
import { noConnection, openSocket, type Route, type SocketContext } from './connect.ts';
import { HttpError, toHttpError } from './transport-error.ts';

/** Milliseconds. */
const REQUEST_TIMEOUT = 30_000;
const CONNECT_TIMEOUT = 15_000;

/** Bytes. The platform's responses have a few kilobytes. */
const MAX_BODY = 1024 * 1024;

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers?: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  sentAt: number;
  receivedAt: number;
  body: Buffer;
}

/** Limits in milliseconds. */
export interface TransportOptions extends Route {
  requestTimeout?: number | 'none' | undefined;
  connectTimeout?: number | undefined;
}

/** HTTP/1.1 over connections that are kept, with limits on size and time; it follows no redirects. */
export class Transport implements Disposable {
  private readonly requestTimeout: number | 'none';
  private readonly context: SocketContext;
  private readonly closing = new AbortController();
  // Without a timeout, the agent keeps connections for longer than the server does.
  private readonly agent = new http.Agent({ keepAlive: true, timeout: REQUEST_TIMEOUT });

  constructor({ requestTimeout, connectTimeout: timeout = CONNECT_TIMEOUT, ...route }: TransportOptions = {}) {
    this.requestTimeout = requestTimeout ?? REQUEST_TIMEOUT;
    this.context = { ...route, timeout, signal: this.closing.signal };
    const open = callbackify((url: URL) => openSocket(url, this.context, AbortSignal.timeout(timeout)));
    // openSocket does TLS too, so `http` also serves https.
    this.agent.createConnection = (options, done) => {
      open((options as unknown as { url: URL }).url, (error, socket) => done?.(error, socket));
      return undefined;
    };
  }

  /** Throws HttpError. */
  send(request: HttpRequest): Promise<HttpResponse> {
    return this.receive(request, async (head, body) => {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > MAX_BODY) throw new HttpError('body', 'the response is larger than 1 MiB', true);
        chunks.push(chunk);
      }
      return { ...head, body: Buffer.concat(chunks) };
    });
  }

  /** Hands a response over once its headers are there. Throws HttpError; errors of `consume` pass through. */
  async receive<T>(
    request: HttpRequest,
    consume: (head: Omit<HttpResponse, 'body'>, body: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<T> {
    const { method, url, headers, body = '', signal } = request;
    const limits = this.requestTimeout === 'none' ? [] : [AbortSignal.timeout(this.requestTimeout)];
    const stop = AbortSignal.any([signal, ...limits]);
    const startedAt = performance.now();
    let sentAt = 0;
    let phase: Phase = 'connect';
    const fail = (error: unknown) => {
      if (!stop.aborted) throw toHttpError(error, phase, url);
      const waited = Math.round(performance.now() - startedAt);
      if (phase === 'connect') throw noConnection(waited, url, this.context);
      const waiting = phase === 'headers' ? 'connected, but no response' : 'the response began but did not end';
      throw new HttpError(phase, `${waiting} within ${formatDuration(waited)}`);
    };
    async function* chunksOf(response: IncomingMessage): AsyncGenerator<Buffer> {
      try {
        yield* response;
        // Node ends a body without a length, as if it were complete, when it is aborted.
        stop.throwIfAborted();
      } catch (error) {
        fail(error);
      }
    }

    const begin = async (): Promise<IncomingMessage> => {
      stop.throwIfAborted();
      // The agent distinguishes connections by `host`.
      const target = { agent: this.agent, host: url.origin, url, path: url.pathname + url.search };
      const length = body && { 'content-length': Buffer.byteLength(body) };
      const allHeaders = { 'user-agent': USER_AGENT, ...headers, host: url.host, ...length };
      const request = http.request({ ...target, method, headers: allHeaders, signal: stop });
      request.on('error', () => {});
      request.on('socket', () => {
        phase = 'headers';
        sentAt = Date.now();
      });
      request.end(body);
      // A request that still waits for its connection doesn't report that it was aborted.
      return (await once(request, 'response', { signal: stop }))[0];
    };
    const response = await begin().catch(fail);
    phase = 'body';
    const head = { status: response.statusCode ?? 0, headers: response.headers, sentAt, receivedAt: Date.now() };
    try {
      return await consume(head, chunksOf(response));
    } finally {
      response.destroy();
    }
  }

  [Symbol.dispose](): void {
    this.closing.abort();
    this.agent.destroy();
  }
}
