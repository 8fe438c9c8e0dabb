import { decodeRequest, decodeResponse, encodeError, encodeResponse } from './protobuf.ts';
import { type RpcError, RpcFailure } from './rpc-error.ts';

export interface ResponseFormat {
  contentType: string;
  writeValue(value: unknown): Buffer;
  readValue(body: Buffer): unknown;
  writeError(error: RpcError): Buffer;
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/protobuf';

export const JSON_RESPONSES: ResponseFormat = {
  contentType: JSON_TYPE,
  writeValue: toJson,
  readValue: (body) => JSON.parse(body.toString('utf8')),
  writeError: toJson,
};

/** Default: the format of the request, or JSON. */
export function responseFormat(
  method: string,
  { accept, contentType }: { accept: string | undefined; contentType: string | undefined },
): ResponseFormat {
  if (mediaType(accept ?? contentType) !== PROTOBUF_TYPE) return JSON_RESPONSES;
  return {
    contentType: PROTOBUF_TYPE,
    writeValue: (value) => encodeResponse(method, value as object),
    readValue: (body) => decodeResponse(method, body),
    writeError: encodeError,
  };
}

/** Throws RpcFailure if the format is unknown or the body malformed. */
export function readRequest(
  method: string,
  { contentType, body }: { contentType: string | undefined; body: Buffer },
): Record<string, unknown> {
  switch (mediaType(contentType)) {
    case JSON_TYPE:
      return parseObject(body);
    case PROTOBUF_TYPE:
      return decodeRequest(method, body);
  }
  throw new RpcFailure({ code: 3, message: `unexpected content-type: ${JSON.stringify(contentType ?? '')}` });
}

function mediaType(header: string | undefined): string | undefined {
  return header?.split(';', 1)[0]?.trim().toLowerCase();
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const request: unknown = JSON.parse(body.toString('utf8'));
    if (typeof request === 'object' && request !== null && !Array.isArray(request)) return { ...request };
  } catch {
    // Same error as for JSON that isn't an object.
  }
  throw new RpcFailure({ code: 2, message: 'proto: syntax error (line 1:1): unexpected token' });
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
