import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { httpStatus, type RpcError } from './rpc-error.ts';

/** An answer as it goes over the wire. */
export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
  /** The gRPC code, 0 where it is no error; nothing where it was not the platform that answered. */
  code: number | undefined;
}

/** Writes down what a method answers. */
export function valueAnswer(value: object): Answer {
  return jsonAnswer(200, value, 0);
}

/** Writes down an error: its code and message, with the HTTP status that goes with the code. */
export function errorAnswer({ code, message }: RpcError): Answer {
  return jsonAnswer(httpStatus(code), { code, message }, code);
}

/** Sends the head of an answer. */
export function startAnswer(response: ServerResponse, { status, headers, body }: Answer): ServerResponse {
  return response.writeHead(status, { 'content-length': body.length, ...headers });
}

/** Writes down an answer of any service that speaks JSON. */
export function jsonAnswer(status: number, value: object, code?: number): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(JSON.stringify(value)), code };
}
