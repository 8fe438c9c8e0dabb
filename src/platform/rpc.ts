import { randomUUID } from 'node:crypto';
import type { Deadline } from './deadline.ts';
import { type Http, type HttpAnswer, HttpError } from './http.ts';
import { PlatformError } from './platform-error.ts';
import { type Retry, retrying } from './retry.ts';
import { parseRpcStatus } from './rpc-status.ts';

/** An answer of the platform: its JSON object, and the local time at both ends of the round trip. */
export interface RpcAnswer {
  value: Record<string, unknown>;
  sentAt: number;
  receivedAt: number;
  /** Makes the error for an object that lacks what the method promises. `problem` fits behind "the answer". */
  malformed(problem: string): PlatformError;
}

/** Where calls go, and how. */
export interface RpcOptions {
  /** Without a slash at its end. */
  endpoint: string;
  userAgent: string;
  deadline: Deadline;
  /** Is told of every try that is followed by another. */
  onRetry: (retry: Retry) => void;
}

/** Remote procedure calls as the platform takes them: `POST <endpoint>/<Service>/<Method>`, JSON both ways. */
export class Rpc {
  private readonly http: Http;
  private readonly options: RpcOptions;

  constructor(http: Http, options: RpcOptions) {
    this.http = http;
    this.options = options;
  }

  /**
   * Calls one method, and again where that is safe and may help.
   * @param method `<Service>/<Method>`
   * @param body JSON, byte for byte what is signed
   * @param sign makes the request token, for methods that want one: a fresh one for each try
   * @throws PlatformError
   */
  call(method: string, body: string, sign?: () => Promise<string>): Promise<RpcAnswer> {
    return retrying(method, () => this.callOnce(method, body, sign), this.options);
  }

  /**
   * Calls one method, once.
   * @throws PlatformError
   */
  async callOnce(method: string, body: string, sign?: () => Promise<string>): Promise<RpcAnswer> {
    const bearer = await sign?.();
    const requestId = randomUUID();
    const answer = await this.send(method, requestId, body, bearer);
    const retryAfter = parseRetryAfter(answer.retryAfter);
    const malformed = (problem: string) =>
      new PlatformError(
        method,
        { kind: 'answer', httpStatus: answer.status, problem },
        requestId,
        retryAfter,
      );

    const json = parseJson(answer.body);
    if (answer.status < 200 || answer.status > 299) {
      const status = parseRpcStatus(json);
      throw status
        ? new PlatformError(method, { kind: 'rpc', status }, requestId, retryAfter)
        : malformed(describeAnswer(answer, json));
    }
    if (!isObject(json)) throw malformed(describeAnswer(answer, json));
    return { value: json, sentAt: answer.sentAt, receivedAt: answer.receivedAt, malformed };
  }

  private async send(
    method: string,
    requestId: string,
    body: string,
    bearer: string | undefined,
  ): Promise<HttpAnswer> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': this.options.userAgent,
      'x-request-id': requestId,
    };
    if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
    try {
      return await this.http.post(new URL(`${this.options.endpoint}/${method}`), headers, body);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw new PlatformError(
        method,
        { kind: 'connection', phase: error.phase, reason: error.message, permanent: error.permanent },
        requestId,
      );
    }
  }
}

/**
 * Reads a Retry-After header: seconds or a date.
 * @returns milliseconds from now, or nothing where there is none that can be read
 */
function parseRetryAfter(header: string): number | undefined {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  // Date.parse alone finds a date in almost anything.
  if (!/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return undefined;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Nothing where the body is no JSON: proxies and load balancers answer HTML or nothing. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function describeAnswer({ status, contentType, body }: HttpAnswer, json: unknown): string {
  if (status >= 300 && status < 400) return 'is a redirect, which is never followed';
  if (body.length === 0) return 'is empty';
  if (json !== undefined) return 'is JSON, but not as Mondoo Platform writes it';
  if (/html/i.test(contentType) || /^\s*</.test(body.toString('latin1', 0, 64))) {
    return 'is a web page (HTML), as a proxy or a firewall sends it';
  }
  return 'is not JSON';
}
