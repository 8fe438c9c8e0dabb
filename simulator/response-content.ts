import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { httpStatus, type RpcError } from './rpc-error.ts';
import type { ResponseFormat } from './wire-format.ts';

export interface ResponseContent {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
  /** The gRPC code, 0 for success; undefined if the platform didn't respond. */
  code: number | undefined;
}

export function valueResponse(value: object, { contentType, writeValue }: ResponseFormat): ResponseContent {
  return { status: 200, headers: { 'content-type': contentType }, body: writeValue(value), code: 0 };
}

export function errorResponse(
  { code, message }: RpcError,
  { contentType, writeError }: ResponseFormat,
): ResponseContent {
  const headers = { 'content-type': contentType };
  return { status: httpStatus(code), headers, body: writeError({ code, message }), code };
}

export function startResponse(
  response: ServerResponse,
  { status, headers, body }: ResponseContent,
): ServerResponse {
  return response.writeHead(status, { 'content-length': body.length, ...headers });
}

export function jsonResponse(status: number, value: object): ResponseContent {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(JSON.stringify(value)), code: undefined };
}
