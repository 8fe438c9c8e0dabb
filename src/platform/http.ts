import { Agent, type Dispatcher } from 'undici';
import { formatDuration } from '../values/duration.ts';
import type { Deadline } from './deadline.ts';
import type { Phase } from './platform-error.ts';

/** The longest answer that is read. The platform's own are a few kilobytes. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** The longest that one request may take, whatever is left of the step's time, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

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

  constructor(phase: Phase, message: string, permanent: boolean) {
    super(message);
    this.name = 'HttpError';
    this.phase = phase;
    this.permanent = permanent;
  }
}

/**
 * HTTP with what the platform needs and nothing else: connections that are kept, certificates that are always
 * verified, no redirects, a limit on size and on time.
 */
export class Http {
  private readonly dispatcher: Dispatcher;
  private readonly deadline: Deadline;

  /** @param deadline of the whole step: ends every request, finished or not */
  constructor(deadline: Deadline) {
    this.deadline = deadline;
    this.dispatcher = new Agent({
      // Said outright because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would switch it off.
      connect: { rejectUnauthorized: true, timeout: REQUEST_TIMEOUT },
      maxResponseSize: MAX_ANSWER_BYTES,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Posts a body and reads the whole answer, whatever its status.
   * @throws HttpError
   */
  post(url: URL, headers: Record<string, string>, body: string): Promise<HttpAnswer> {
    const stop = AbortSignal.any([this.deadline.signal, AbortSignal.timeout(REQUEST_TIMEOUT)]);
    return new Promise((resolve, reject) => {
      const startedAt = Date.now();
      const chunks: Buffer[] = [];
      let phase: Phase = 'connect';
      let abort: () => void = () => {};
      let status = 0;
      let contentType = '';
      let retryAfter = '';
      let sentAt = 0;
      let receivedAt = 0;

      const fail = (reason: string, permanent = false) => {
        stop.removeEventListener('abort', giveUp);
        reject(new HttpError(phase, reason, permanent));
      };
      const giveUp = () => {
        fail(`${WAITING[phase]} within ${formatDuration(Date.now() - startedAt)}`);
        abort();
      };
      if (stop.aborted) return giveUp();
      stop.addEventListener('abort', giveUp);

      this.dispatcher.dispatch(
        { origin: url.origin, path: url.pathname, method: 'POST', headers, body },
        {
          // Called when the connection stands and right before the request is written.
          onConnect(abortRequest) {
            if (stop.aborted) return abortRequest();
            abort = abortRequest;
            phase = 'headers';
            sentAt = Date.now();
          },
          onHeaders(statusCode, rawHeaders) {
            if (statusCode < 200) return true;
            phase = 'body';
            receivedAt = Date.now();
            status = statusCode;
            contentType = header(rawHeaders, 'content-type');
            retryAfter = header(rawHeaders, 'retry-after');
            return true;
          },
          onData(chunk) {
            chunks.push(chunk);
            return true;
          },
          onComplete() {
            stop.removeEventListener('abort', giveUp);
            resolve({ status, contentType, retryAfter, body: Buffer.concat(chunks), sentAt, receivedAt });
          },
          onError(error) {
            fail(explain(error, phase, url), isPermanent(error));
          },
        },
      );
    });
  }

  /** Drops every connection, so that none keeps the process alive. */
  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }
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

/** Says in a few words why a request failed. Built from error codes alone: messages may quote what was sent. */
function explain(error: Error, phase: Phase, url: URL): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known = REASONS[code];
  if (known) return `${known.replace('HOST', url.hostname).replace('ADDRESS', url.host)} (${code})`;
  if (phase === 'connect') return `no connection to ${url.host}${code && ` (${code})`}`;
  const broken =
    phase === 'headers' ? 'broke off before an answer came' : 'broke off in the middle of the answer';
  return `the connection to ${url.host} ${broken}${code && ` (${code})`}`;
}

/** A certificate or a size does not change from one try to the next. */
function isPermanent(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return /CERT|SIGNED|SIGNATURE|ERR_SSL/.test(code) || code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'ADDRESS refuses connections',
  ENOTFOUND: 'the name HOST cannot be resolved',
  EAI_AGAIN: 'the name HOST cannot be resolved at the moment',
  ENETUNREACH: 'there is no network route to HOST',
  EHOSTUNREACH: 'there is no network route to HOST',
  ETIMEDOUT: 'ADDRESS does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'ADDRESS does not answer',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer is larger than 1 MiB',
  CERT_HAS_EXPIRED: 'the TLS certificate of HOST has expired',
  CERT_NOT_YET_VALID: 'the TLS certificate of HOST is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the TLS certificate is not for HOST',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the TLS certificate of HOST is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the TLS certificate of HOST comes from an issuer that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the TLS certificate of HOST comes from an issuer that is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the TLS certificate of HOST comes from an issuer that is not known here',
  ERR_SSL_WRONG_VERSION_NUMBER: 'ADDRESS does not speak TLS',
};
