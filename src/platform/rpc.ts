import { randomUUID } from 'node:crypto';
import { type Http, type HttpAnswer, HttpError } from './http.ts';
import { PlatformError } from './platform-error.ts';
import { parseRpcStatus } from './rpc-status.ts';

/** An answer of the platform: its JSON object, and the local time at both ends of the round trip. */
export interface RpcAnswer {
  value: Record<string, unknown>;
  sentAt: number;
  receivedAt: number;
  /** Makes the error for an object that lacks what the method promises. `problem` fits behind "the answer". */
  malformed(problem: string): PlatformError;
}

/** Remote procedure calls as the platform takes them: `POST <endpoint>/<Service>/<Method>`, JSON both ways. */
export class Rpc {
  private readonly http: Http;
  private readonly endpoint: string;
  private readonly userAgent: string;

  constructor(http: Http, { endpoint, userAgent }: { endpoint: string; userAgent: string }) {
    this.http = http;
    this.endpoint = endpoint;
    this.userAgent = userAgent;
  }

  /**
   * Calls one method.
   * @param method `<Service>/<Method>`
   * @param body JSON, byte for byte what was signed
   * @param bearer the request token, for methods that want one
   * @throws PlatformError
   */
  async call(method: string, body: string, bearer?: string): Promise<RpcAnswer> {
    const requestId = randomUUID();
    const answer = await this.send(method, requestId, body, bearer);
    const malformed = (problem: string) =>
      new PlatformError(method, { kind: 'answer', httpStatus: answer.status, problem }, requestId);

    const json = parseJson(answer.body);
    if (answer.status < 200 || answer.status > 299) {
      const status = parseRpcStatus(json);
      throw status
        ? new PlatformError(method, { kind: 'rpc', status }, requestId)
        : malformed(describeAnswer(answer, json));
    }
    if (!isObject(json)) throw malformed(describeAnswer(answer, json));
    return { value: json, sentAt: answer.sentAt, receivedAt: answer.receivedAt, malformed };
  }

  private async send(method: string, requestId: string, body: string, bearer?: string): Promise<HttpAnswer> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': this.userAgent,
      'x-request-id': requestId,
    };
    if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
    try {
      return await this.http.post(new URL(`${this.endpoint}/${method}`), headers, body);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw new PlatformError(
        method,
        { kind: 'connection', phase: error.phase, reason: error.message },
        requestId,
      );
    }
  }
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
