import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { httpStatus, type RpcError } from './rpc-error.ts';
import type { AnswerFormat } from './wire-format.ts';

/** An answer as it goes over the wire. */
export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
  /** The gRPC code, 0 where it is no error; nothing where it was not the platform that answered. */
  code: number | undefined;
}

/** Writes down what a method answers. */
export function valueAnswer(value: object, { contentType, writeValue }: AnswerFormat): Answer {
  return { status: 200, headers: { 'content-type': contentType }, body: writeValue(value), code: 0 };
}

/** Writes down an error: its code and message, with the HTTP status that goes with the code. */
export function errorAnswer({ code, message }: RpcError, { contentType, writeError }: AnswerFormat): Answer {
  const headers = { 'content-type': contentType };
  return { status: httpStatus(code), headers, body: writeError({ code, message }), code };
}

/** Sends the head of an answer. */
export function startAnswer(response: ServerResponse, { status, headers, body }: Answer): ServerResponse {
  return response.writeHead(status, { 'content-length': body.length, ...headers });
}

/** Writes down an answer of a service that is not the platform. */
export function jsonAnswer(status: number, value: object): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(JSON.stringify(value)), code: undefined };
}
