import { randomUUID } from 'node:crypto';
import { CallError } from './call-error.ts';
import { parseRpcStatus } from './rpc-status.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';
import { HttpError } from './transport-error.ts';

/** An answer that is a JSON object, and the local time at both ends of the round trip. */
export interface JsonAnswer {
  value: Record<string, unknown>;
  sentAt: number;
  receivedAt: number;
  /** Makes the error for an object that lacks what was promised. `problem` fits behind "the answer". */
  malformed(problem: string): CallError;
}

/**
 * Makes a call that answers with a JSON object, once.
 * @param name the call's, for messages
 * @param signal ends the call
 * @throws CallError
 */
export async function callJson(
  transport: Transport,
  name: string,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  const requestId = randomUUID();
  const answer = await send(transport, name, requestId, request, signal);
  const retryAfter = parseRetryAfter(answer.headers['retry-after']);
  const malformed = (problem: string) =>
    new CallError(name, { kind: 'answer', httpStatus: answer.status, problem }, requestId, retryAfter);

  const json = parseJson(answer.body);
  if (answer.status < 200 || answer.status > 299) {
    const status = parseRpcStatus(json);
    throw status
      ? new CallError(name, { kind: 'rpc', status }, requestId, retryAfter)
      : malformed(describeAnswer(answer, json));
  }
  if (!isObject(json)) throw malformed(describeAnswer(answer, json));
  return { value: json, sentAt: answer.sentAt, receivedAt: answer.receivedAt, malformed };
}

async function send(
  transport: Transport,
  name: string,
  requestId: string,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const headers = { ...request.headers, accept: 'application/json', 'x-request-id': requestId };
  try {
    return await transport.send({ ...request, headers }, signal);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { phase, message: reason, permanent } = error;
    throw new CallError(name, { kind: 'connection', phase, reason, permanent }, requestId);
  }
}

/**
 * Reads a Retry-After header: seconds or a date.
 * @returns milliseconds from now, or nothing where there is none that can be read
 */
function parseRetryAfter(header = ''): number | undefined {
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

function describeAnswer({ status, headers, body }: HttpResponse, json: unknown): string {
  if (status >= 300 && status < 400) return 'is a redirect, which is never followed';
  if (body.length === 0) return 'is empty';
  if (json !== undefined) return 'is JSON, but not of the shape that was asked for';
  if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(body.toString('latin1', 0, 64))) {
    return 'is a web page (HTML), as a proxy or a firewall sends it';
  }
  return 'is not JSON';
}
