import type { Credentials } from './accounts.ts';
import { decodeError, decodeResponse, encodeRequest } from './protobuf.ts';
import { authorize } from './request-token.ts';
import type { RpcError } from './rpc-error.ts';
import type { Method } from './service.ts';

export interface ProtobufCall {
  /** By field names; default: an empty message. */
  request?: object;
  /** The service account that signs. */
  as?: Pick<Credentials, 'mrn' | 'private_key'>;
  /** A registration token instead of a signature. */
  token?: string;
}

export type ProtobufResponse = { value: Record<string, unknown> } | { error: RpcError };

/** Calls a method by protobuf, like the real cnspec. Throws if the response isn't protobuf. */
export async function callByProtobuf(
  endpoint: string,
  method: Method,
  { request = {}, as, token }: ProtobufCall = {},
): Promise<ProtobufResponse> {
  const body = encodeRequest(method, request);
  const authorization = as ? await authorize(as, body, new Date()) : token && `Bearer ${token}`;
  const type = 'application/protobuf';
  const response = await fetch(`${endpoint}/${method}`, {
    method: 'POST',
    headers: { 'content-type': type, accept: type, ...(authorization && { authorization }) },
    body,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.headers.get('content-type') !== type)
    throw new Error(`The response to ${method} isn't protobuf.`);
  return response.ok ? { value: decodeResponse(method, bytes) } : { error: decodeError(bytes) };
}
