import { describe, expect, it } from 'vitest';
import type { Failure, Phase } from '../../src/platform/call-error.ts';
import { callError, REQUEST_ID } from '../fixtures.ts';

const refused: Failure = { kind: 'rpc', status: { code: 7, message: 'request permission denied' } };

function answer(httpStatus: number): Failure {
  return { kind: 'response', httpStatus, problem: 'is empty' };
}

function rpc(code: number): Failure {
  return { kind: 'rpc', status: { code, message: '' } };
}

function connection(phase: Phase): Extract<Failure, { kind: 'connection' }> {
  return { kind: 'connection', phase, reason: '' };
}

describe('CallError', () => {
  it.each<[Failure, string]>([
    [refused, 'rpc error: code = PermissionDenied desc = request permission denied'],
    [answer(502), 'the response (HTTP status 502) is empty'],
    [{ kind: 'connection', phase: 'connect', reason: 'no route' }, 'no route'],
  ])('describes the failure: %j', (failure, message) => {
    expect(callError(failure).message).toBe(message);
  });

  it('names the method and the request', () => {
    expect(callError(refused, 'Health/Check')).toMatchObject({
      name: 'CallError',
      method: 'Health/Check',
      requestId: REQUEST_ID,
    });
  });

  it('has a code only if the platform itself responded', () => {
    expect(callError(refused).code).toBe(7);
    expect(callError(answer(403)).code).toBeUndefined();
    expect(callError({ kind: 'connection', phase: 'body', reason: '' }).code).toBeUndefined();
  });

  it.each<[Failure, boolean]>([
    [rpc(4), true],
    [rpc(14), true],
    [rpc(1), true],
    [rpc(2), true],
    [rpc(13), true],
    [rpc(15), true],
    [rpc(99), true],
    [rpc(3), false],
    [rpc(5), false],
    [rpc(6), false],
    [rpc(7), false],
    [rpc(8), false],
    [rpc(9), false],
    [rpc(10), false],
    [rpc(11), false],
    [rpc(12), false],
    [rpc(16), false],
    [answer(404), false],
    [answer(408), true],
    [answer(499), true],
    [answer(524), true],
    [answer(200), true],
    [answer(299), true],
    [answer(302), false],
    [answer(429), false],
    [answer(500), true],
    [answer(502), true],
    [answer(503), false],
    [answer(504), true],
    [connection('connect'), false],
    [connection('headers'), true],
    [connection('body'), true],
  ])('says whether the platform may have performed the call: %j, %s', (failure, mayHaveTakenEffect) => {
    expect(callError(failure).mayHaveTakenEffect).toBe(mayHaveTakenEffect);
  });

  it.each<[Failure, boolean]>([
    [rpc(4), true],
    [rpc(8), true],
    [rpc(10), true],
    [rpc(14), true],
    [rpc(2), false],
    [rpc(7), false],
    [rpc(16), false],
    [answer(200), false],
    [answer(302), false],
    [answer(404), false],
    [answer(429), true],
    [answer(500), false],
    [answer(502), true],
    [answer(503), true],
    [answer(504), true],
    [connection('connect'), true],
    [connection('headers'), true],
    [connection('body'), true],
    [{ ...connection('connect'), permanent: true }, false],
  ])('says whether the failure may be temporary: %j, %s', (failure, isTransient) => {
    expect(callError(failure).isTransient).toBe(isTransient);
  });
});
