import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRpcStatus, RpcCode } from '../../src/platform/call-error.ts';
import { parseRpcStatus } from '../../src/platform/json-call.ts';
import { jwt } from '../fixtures.ts';

describe('parseRpcStatus', () => {
  it('parses the body of an error', () => {
    expect(parseRpcStatus({ code: 16, message: 'request permission unauthenticated', details: [] })).toEqual({
      code: 16,
      message: 'request permission unauthenticated',
    });
  });

  it('keeps an unknown code', () => {
    expect(parseRpcStatus({ code: 99, message: 'x' })).toEqual({ code: 99, message: 'x' });
  });

  it.each([{ code: 5 }, { code: 5, message: null }, { code: 5, message: ['x'] }])(
    'accepts a missing message: %j',
    (body) => {
      expect(parseRpcStatus(body)).toEqual({ code: 5, message: '' });
    },
  );

  it('makes the message safe to log', () => {
    expect(parseRpcStatus({ code: 5, message: '::error::a\r\n##[group]b' })?.message).toBe(
      ': :error::a # #[group]b',
    );
  });

  it('removes a token that the message quotes', () => {
    const token = jwt({ iss: 'mondoo/ams' });
    expect(parseRpcStatus({ code: 16, message: `bad Bearer ${token}, sorry` })?.message).toBe(
      'bad Bearer ***, sorry',
    );
  });

  it.each([
    undefined,
    null,
    'x',
    16,
    [],
    [16],
    {},
    { code: 0 },
    { code: '16' },
    { code: 16.5 },
    { error: { code: 16 } },
  ])('returns nothing for %j', (body) => {
    expect(parseRpcStatus(body)).toBeUndefined();
  });

  it('returns one line or nothing for any JSON', () => {
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ code: fc.jsonValue(), message: fc.string({ unit: 'binary' }) }),
      fc.record({ code: fc.integer(), message: fc.string({ unit: 'binary' }) }),
    );
    fc.assert(
      fc.property(body, (json) => {
        const status = parseRpcStatus(json);
        if (status)
          expect(formatRpcStatus(status)).toMatch(
            /^rpc error: code = \w+(?:\(-?[\de+.]+\))? desc = [^\r\n]*$/,
          );
      }),
    );
  });
});

describe('formatRpcStatus', () => {
  it.each([
    [1, 'Canceled'],
    [2, 'Unknown'],
    [3, 'InvalidArgument'],
    [4, 'DeadlineExceeded'],
    [5, 'NotFound'],
    [6, 'AlreadyExists'],
    [7, 'PermissionDenied'],
    [8, 'ResourceExhausted'],
    [9, 'FailedPrecondition'],
    [10, 'Aborted'],
    [11, 'OutOfRange'],
    [12, 'Unimplemented'],
    [13, 'Internal'],
    [14, 'Unavailable'],
    [15, 'DataLoss'],
    [16, 'Unauthenticated'],
    [17, 'Code(17)'],
    [-1, 'Code(-1)'],
  ])('names the code %i like Go: %s', (code, name) => {
    expect(formatRpcStatus({ code, message: 'words' })).toBe(`rpc error: code = ${name} desc = words`);
  });

  it('knows all sixteen codes', () => {
    const codes = Object.values(RpcCode).toSorted((a, b) => a - b);
    expect(codes).toEqual(Array.from({ length: 16 }, (_, at) => at + 1));
  });
});
