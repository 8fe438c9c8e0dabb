import { describe, expect, it } from 'vitest';
import {
  decodeError,
  decodeRequest,
  decodeResponse,
  encodeError,
  encodeRequest,
  encodeResponse,
} from '../../simulator/protobuf.ts';

/**
 * Encodes a message from field numbers and values. Strings and messages have a length prefix, numbers don't.
 * https://protobuf.dev/programming-guides/encoding/
 */
function bytes(...fields: [number: number, value: string | number | Buffer][]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number << 3), varint(value)];
      const content = Buffer.from(value);
      return [varint((number << 3) | 2), varint(content.length), content];
    }),
  );
}

function varint(value: number): Buffer {
  const groups: number[] = [];
  for (; value > 0x7f; value >>>= 7) groups.push((value & 0x7f) | 0x80);
  return Buffer.from([...groups, value]);
}

it('the test encoder writes the examples of the protobuf documentation', () => {
  expect(bytes([1, 150])).toEqual(Buffer.from('089601', 'hex'));
  expect(bytes([2, 'testing'])).toEqual(Buffer.from('120774657374696e67', 'hex'));
  expect(bytes([20, ''])).toEqual(Buffer.from('a20100', 'hex'));
});

describe('requests are encoded and decoded', () => {
  it.each<[string, object, Buffer]>([
    ['Health/Check', {}, bytes()],
    ['AgentManager/PingPong', {}, bytes()],
    [
      'AgentManager/RegisterAgent',
      {
        token: 'token',
        name: 'name',
        agent_info: {
          mrn: 'mrn',
          version: 'version',
          build: 'build',
          platform_name: 'platform name',
          platform_release: 'release',
          platform_arch: 'arch',
          platform_ip: 'ip',
          platform_hostname: 'hostname',
          labels: { key: 'value' },
          platform_id: 'id',
        },
      },
      bytes(
        [1, 'token'],
        [2, 'name'],
        [
          3,
          bytes(
            [1, 'mrn'],
            [2, 'version'],
            [3, 'build'],
            [4, 'platform name'],
            [5, 'release'],
            [6, 'arch'],
            [7, 'ip'],
            [8, 'hostname'],
            [18, bytes([1, 'key'], [2, 'value'])],
            [20, 'id'],
          ),
        ],
      ),
    ],
    ['AgentManager/UnRegisterAgent', { mrn: 'mrn' }, bytes([1, 'mrn'])],
    [
      'SecureTokenService/ExchangeExternalToken',
      { issuer_uri: 'issuer', audience: 'audience', jwt_token: 'jwt' },
      bytes([1, 'issuer'], [2, 'audience'], [3, 'jwt']),
    ],
  ])('%s', (method, message, expected) => {
    expect(encodeRequest(method, message)).toEqual(expected);
    expect(decodeRequest(method, expected)).toEqual(message);
  });
});

describe('responses are encoded and decoded', () => {
  it.each<[string, object, Buffer]>([
    [
      'Health/Check',
      { status: 'SERVING', time: 'time', apiVersion: 'version', build: 'build' },
      bytes([1, 1], [2, 'time'], [3, 'version'], [4, 'build']),
    ],
    ['Health/Check', { status: 'NOT_SERVING' }, bytes([1, 2])],
    ['AgentManager/PingPong', {}, bytes()],
    ['AgentManager/RegisterAgent', { agent_mrn: 'agent' }, bytes([1, 'agent'])],
    [
      'AgentManager/RegisterAgent',
      {
        agent_mrn: 'agent',
        credential: {
          mrn: 'mrn',
          parent_mrn: 'parent',
          private_key: 'key',
          certificate: 'certificate',
          api_endpoint: 'endpoint',
          scope_mrn: 'scope',
        },
      },
      bytes(
        [1, 'agent'],
        [2, bytes([1, 'mrn'], [2, 'parent'], [3, 'key'], [4, 'certificate'], [5, 'endpoint'], [6, 'scope'])],
      ),
    ],
    ['AgentManager/UnRegisterAgent', { mrn: 'mrn' }, bytes([1, 'mrn'])],
    ['SecureTokenService/ExchangeExternalToken', { base64_credential: 'e30=' }, bytes([1, 'e30='])],
  ])('%s: %j', (method, message, expected) => {
    expect(encodeResponse(method, message)).toEqual(expected);
    expect(decodeResponse(method, expected)).toEqual(message);
  });

  it('an unknown health status takes no bytes', () => {
    expect(encodeResponse('Health/Check', { status: 'UNKNOWN' })).toEqual(bytes());
  });
});

it('errors are encoded and decoded', () => {
  const error = { code: 16, message: 'request permission unauthenticated' };
  const expected = bytes([1, 16], [2, error.message]);
  expect(encodeError(error)).toEqual(expected);
  expect(decodeError(expected)).toEqual(error);
  expect(decodeError(bytes())).toEqual({ code: 0, message: '' });
});

describe('the decoder', () => {
  const METHOD = 'AgentManager/UnRegisterAgent';

  it('ignores unknown field numbers, and known ones with another type', () => {
    expect(decodeRequest(METHOD, bytes([1, 'mrn'], [99, 'new'], [3, 5]))).toEqual({ mrn: 'mrn' });
    expect(decodeRequest(METHOD, bytes([1, 5]))).toEqual({});
  });

  it.each([
    ['a truncated string', bytes([1, 'mrn']).subarray(0, -1)],
    ['a truncated number', Buffer.from([0x0a])],
    ['JSON', Buffer.from('{"mrn":"mrn"}')],
    ['invalid UTF-8', bytes([1, Buffer.of(0xc3)])],
  ])('rejects %s', (_, body) => {
    expect(() => decodeRequest(METHOD, body)).toThrow(
      expect.objectContaining({ rpc: { code: 2, message: expect.stringMatching(/^proto: /) } }),
    );
  });
});
