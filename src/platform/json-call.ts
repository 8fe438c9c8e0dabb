import { randomUUID } from 'node:crypto';
import { isMap, tryParseJson } from '../util/json.ts';
import { plainText } from '../util/text.ts';
import { CallError, type RpcStatus } from './call-error.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';
import { HttpError } from './transport-error.ts';

export interface JsonResponse extends Pick<HttpResponse, 'sentAt' | 'receivedAt'> {
  value: Record<string, unknown>;
  /** Makes the error for an object without what was promised. `problem` follows "the response". */
  malformed(problem: string): CallError;
}

/** Makes a call, once, whose response is a JSON object. Throws CallError. */
export async function callJson(transport: Transport, method: string, request: HttpRequest): Promise<JsonResponse> {
  const requestId = randomUUID();
  const headers = { ...request.headers, accept: 'application/json', 'x-request-id': requestId };
  const response = await transport.send({ ...request, headers }).catch((error) => {
    if (!(error instanceof HttpError)) throw error;
    const { phase, message: reason, permanent, remedy } = error;
    throw new CallError(method, { kind: 'connection', phase, reason, permanent, remedy }, requestId);
  });
  const { status: httpStatus, sentAt, receivedAt } = response;
  const retryAfter = parseRetryAfter(response.headers['retry-after']);
  const malformed = (problem: string) =>
    new CallError(method, { kind: 'response', httpStatus, problem }, requestId, retryAfter);

  // Proxies and load balancers send HTML or nothing.
  const json = tryParseJson(response.body.toString('utf8'));
  const isSuccess = httpStatus >= 200 && httpStatus < 300;
  const status = isSuccess ? undefined : parseRpcStatus(json);
  if (status) throw new CallError(method, { kind: 'rpc', status, httpStatus }, requestId, retryAfter);
  if (!isSuccess || !isMap(json)) throw malformed(describeResponse(response, json));
  return { value: json, sentAt, receivedAt, malformed };
}

/** Reads an error body, `{"code": <gRPC code>, "message": "..."}`; anything else didn't come from the platform. */
export function parseRpcStatus(body: unknown): RpcStatus | undefined {
  if (!isMap(body)) return undefined;
  const { code, message } = body;
  if (typeof code !== 'number' || !Number.isInteger(code) || code === 0) return undefined;
  // Takes out JWTs, which an error might quote. One pattern for all of a JWT could take minutes on a megabyte.
  const withoutTokens = (text: string) =>
    text.replace(/[\w.-]+/g, (word) => (word.includes('eyJ') && word.split('.').length > 2 ? '***' : word));
  return { code, message: typeof message === 'string' ? plainText(withoutTokens(message)) : '' };
}

/** Reads a Retry-After header, seconds or a date, as milliseconds from now. */
function parseRetryAfter(header = ''): number | undefined {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  // Date.parse alone finds a date in almost anything.
  if (!/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return undefined;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function describeResponse({ status, headers, body }: HttpResponse, json: unknown): string {
  if (status >= 300 && status < 400) return 'is a redirect, which is never followed';
  if (body.length === 0) return 'is empty';
  if (json !== undefined) return 'is JSON of an unexpected shape';
  if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(body.toString('latin1', 0, 64))) {
    return 'is a web page (HTML), probably from a proxy or a firewall';
  }
  return 'is not JSON';
}
