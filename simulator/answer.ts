import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { httpStatus, type RpcError } from './rpc-error.ts';
import type { AnswerFormat } from './wire-format.ts';

export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
  /** The gRPC code, 0 for success; undefined if the platform didn't respond. */
  code: number | undefined;
}

export function valueAnswer(value: object, { contentType, writeValue }: AnswerFormat): Answer {
  return { status: 200, headers: { 'content-type': contentType }, body: writeValue(value), code: 0 };
}

export function errorAnswer({ code, message }: RpcError, { contentType, writeError }: AnswerFormat): Answer {
  const headers = { 'content-type': contentType };
  return { status: httpStatus(code), headers, body: writeError({ code, message }), code };
}

export function startAnswer(response: ServerResponse, { status, headers, body }: Answer): ServerResponse {
  return response.writeHead(status, { 'content-length': body.length, ...headers });
}

export function jsonAnswer(status: number, value: object): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(JSON.stringify(value)), code: undefined };
}
