import type { Dispatcher } from 'undici';
import { formatDuration } from '../values/duration.ts';
import type { Phase } from './call-error.ts';
import type { Deadline } from './deadline.ts';
import { openDispatcher, type Route } from './dispatcher.ts';
import { type Connection, describeFailure, isPermanent, isUnknownIssuer } from './http-failure.ts';

/** The longest that one request may take where nothing else is said, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/** What is sent. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: string;
}

/** A complete answer, and the local time (milliseconds since the epoch) at both ends of its round trip. */
export interface HttpAnswer {
  status: number;
  contentType: string;
  /** The header as it came, or empty. */
  retryAfter: string;
  body: Buffer;
  sentAt: number;
  receivedAt: number;
}

/** A request without a complete answer. The message says why in a few words. */
export class HttpError extends Error {
  readonly phase: Phase;
  /** Whether another try would end the same way. */
  readonly permanent: boolean;
  /** Whether the system's store of issuers may know better. */
  readonly unknownIssuer: boolean;

  constructor(
    phase: Phase,
    message: string,
    { permanent = false, unknownIssuer = false }: { permanent?: boolean; unknownIssuer?: boolean } = {},
  ) {
    super(message);
    this.name = 'HttpError';
    this.phase = phase;
    this.permanent = permanent;
    this.unknownIssuer = unknownIssuer;
  }
}

/** What is different from what suits most requests. */
export interface HttpOptions {
  /** The longest that one request may take, in milliseconds; half a minute when it is left out. */
  requestTimeout?: number | undefined;
  /** The longest that a connection may take, in milliseconds, where that is less than a request may. */
  connectTimeout?: number;
}

/** A dispatcher, and the way to the platform that it takes. */
interface Line {
  route: Route;
  dispatcher: Dispatcher;
}

/** HTTP with what the platform needs and nothing else: no redirects, and a limit on size and on time. */
export class Http {
  private readonly deadline: Deadline;
  private readonly requestTimeout: number;
  /** The last one is in use. One that was given up for it may still carry other requests. */
  private readonly lines: Line[];
  private readonly connectTimeout: number | undefined;

  /**
   * @param deadline of the whole step: ends every request, finished or not
   * @param proxy URL
   */
  constructor(
    deadline: Deadline,
    proxy?: string,
    { requestTimeout = REQUEST_TIMEOUT, connectTimeout }: HttpOptions = {},
  ) {
    this.deadline = deadline;
    this.requestTimeout = requestTimeout;
    this.connectTimeout = connectTimeout;
    this.lines = [open({ proxy })];
  }

  /**
   * Sends a request and reads the whole answer, whatever its status.
   * @throws HttpError
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { line } = this;
    try {
      return await this.exchange(line, request);
    } catch (error) {
      if (!(error instanceof HttpError && error.unknownIssuer) || line.route.trustSystem) throw error;
    }
    // The system's store takes long to read, so it is asked only about an issuer that Node does not know.
    if (this.line === line) this.lines.push(open({ ...line.route, trustSystem: true }));
    return this.exchange(this.line, request);
  }

  /** Drops every connection, so that none keeps the process alive. */
  async close(): Promise<void> {
    await Promise.all(this.lines.map(({ dispatcher }) => dispatcher.destroy()));
  }

  private get line(): Line {
    return this.lines.at(-1) as Line;
  }

  private exchange(
    { route, dispatcher }: Line,
    { method, url, headers, body }: HttpRequest,
  ): Promise<HttpAnswer> {
    const connection: Connection = { url, proxy: route.proxy };
    const stop = AbortSignal.any([this.deadline.signal, AbortSignal.timeout(this.requestTimeout)]);
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const chunks: Buffer[] = [];
      const answer = { status: 0, contentType: '', retryAfter: '', sentAt: 0, receivedAt: 0 };
      let phase: Phase = 'connect';
      let abort: () => void = () => {};
      let connecting: NodeJS.Timeout | undefined;
      let givenUp = false;

      const settle = () => {
        stop.removeEventListener('abort', giveUp);
        clearTimeout(connecting);
      };
      const fail = (error: HttpError) => {
        settle();
        reject(error);
      };
      const giveUp = () => {
        givenUp = true;
        fail(
          new HttpError(
            phase,
            `${WAITING[phase]} within ${formatDuration(Math.round(performance.now() - startedAt))}`,
          ),
        );
        abort();
      };
      if (stop.aborted) return giveUp();
      stop.addEventListener('abort', giveUp);
      if (this.connectTimeout !== undefined) connecting = setTimeout(giveUp, this.connectTimeout);

      dispatcher.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method, headers, body: body ?? null },
        {
          // Called when the connection stands and right before the request is written.
          onConnect(abortRequest) {
            if (givenUp) return abortRequest();
            clearTimeout(connecting);
            abort = abortRequest;
            phase = 'headers';
            answer.sentAt = Date.now();
          },
          onHeaders(statusCode, rawHeaders) {
            if (statusCode < 200) return true;
            phase = 'body';
            answer.receivedAt = Date.now();
            answer.status = statusCode;
            answer.contentType = header(rawHeaders, 'content-type');
            answer.retryAfter = header(rawHeaders, 'retry-after');
            return true;
          },
          onData(chunk) {
            chunks.push(chunk);
            return true;
          },
          onComplete() {
            settle();
            resolve({ ...answer, body: Buffer.concat(chunks) });
          },
          onError(error) {
            const { code = '' } = error as NodeJS.ErrnoException;
            const traits = { permanent: isPermanent(error), unknownIssuer: isUnknownIssuer(code) };
            fail(new HttpError(phase, describeFailure(error, phase, connection), traits));
          },
        },
      );
    });
  }
}

function open(route: Route): Line {
  return { route, dispatcher: openDispatcher(route) };
}

const WAITING: Record<Phase, string> = {
  connect: 'no connection',
  headers: 'connected, but no answer',
  body: 'the answer began but did not end',
};

function header(raw: Buffer[] | string[] | null, name: string): string {
  const index = raw?.findIndex((entry, at) => at % 2 === 0 && entry.toString().toLowerCase() === name) ?? -1;
  return index < 0 ? '' : String(raw?.[index + 1]);
}
