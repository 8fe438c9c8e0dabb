import protobuf from 'protobufjs';
import { type RpcError, RpcFailure } from './rpc-error.ts';

const { root } = protobuf.parse(
  `
  syntax = "proto3";

  service Health {
    rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  }
  message HealthCheckRequest {}
  message HealthCheckResponse {
    enum ServingStatus {
      UNKNOWN = 0;
      SERVING = 1;
      NOT_SERVING = 2;
    }
    ServingStatus status = 1;
    string time = 2;
    string apiVersion = 3;
    string build = 4;
  }

  service AgentManager {
    rpc PingPong(Ping) returns (Pong);
    rpc RegisterAgent(AgentRegistrationRequest) returns (AgentRegistrationConfirmation);
    rpc UnRegisterAgent(Mrn) returns (Confirmation);
  }
  message Ping {}
  message Pong {}
  message AgentRegistrationRequest {
    string token = 1;
    string name = 2;
    AgentInfo agent_info = 3;
  }
  message AgentInfo {
    string mrn = 1;
    string version = 2;
    string build = 3;
    string platform_name = 4;
    string platform_release = 5;
    string platform_arch = 6;
    string platform_ip = 7;
    string platform_hostname = 8;
    map<string, string> labels = 18;
    string platform_id = 20;
  }
  message AgentRegistrationConfirmation {
    string agent_mrn = 1;
    ServiceAccountCredentials credential = 2;
  }
  message ServiceAccountCredentials {
    string mrn = 1;
    string parent_mrn = 2;
    string private_key = 3;
    string certificate = 4;
    string api_endpoint = 5;
    string scope_mrn = 6;
  }
  message Mrn {
    string mrn = 1;
  }
  message Confirmation {
    string mrn = 1;
  }

  service SecureTokenService {
    rpc ExchangeExternalToken(ExchangeExternalTokenRequest) returns (ExchangeExternalTokenResponse);
  }
  message ExchangeExternalTokenRequest {
    string issuer_uri = 1;
    string audience = 2;
    string jwt_token = 3;
  }
  message ExchangeExternalTokenResponse {
    string base64_credential = 1;
  }

  // google.rpc.Status without the details, which the platform never sends.
  message Status {
    int32 code = 1;
    string message = 2;
  }
  `,
  { keepCase: true },
);
root.resolveAll();

type Message = Record<string, unknown>;

/** Throws RpcFailure, like the platform. */
export function decodeRequest(method: string, bytes: Uint8Array): Message {
  try {
    return decode(typesOf(method).request, bytes);
  } catch {
    throw new RpcFailure({ code: 2, message: 'proto: cannot parse invalid wire-format data' });
  }
}

export function encodeRequest(method: string, message: object): Buffer {
  return encode(typesOf(method).request, message);
}

export function decodeResponse(method: string, bytes: Uint8Array): Message {
  return decode(typesOf(method).response, bytes);
}

export function encodeResponse(method: string, message: object): Buffer {
  return encode(typesOf(method).response, message);
}

export function decodeError(bytes: Uint8Array): RpcError {
  const { code = 0, message = '' } = decode(root.lookupType('Status'), bytes) as Partial<RpcError>;
  return { code, message };
}

export function encodeError({ code, message }: RpcError): Buffer {
  return encode(root.lookupType('Status'), { code, message });
}

function typesOf(method: string): { request: protobuf.Type; response: protobuf.Type } {
  const [service = '', name = ''] = method.split('/');
  const { resolvedRequestType: request, resolvedResponseType: response } =
    root.lookupService(service).methods[name] ?? {};
  if (!request || !response) throw new Error(`There is no method ${method}.`);
  return { request, response };
}

function decode(type: protobuf.Type, bytes: Uint8Array): Message {
  return type.toObject(type.decode(bytes), { enums: String });
}

function encode(type: protobuf.Type, message: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}
