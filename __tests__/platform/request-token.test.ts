import { createHash, createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { signRequest } from '../../src/platform/request-token.ts';
import { account, KEY_PEM, NOW, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';

describe('signRequest', () => {
  it('signs ES384 with the key, and names the service account', async () => {
    const token = signRequest(account(), '{}', NOW);
    const { protectedHeader } = await jwtVerify(token, createPublicKey(KEY_PEM), { currentDate: NOW });
    expect(protectedHeader).toEqual({ alg: 'ES384', typ: 'JWT', kid: SERVICE_ACCOUNT_MRN });
    expect(decodeProtectedHeader(token)).toEqual(protectedHeader);
  });

  it('contains exactly the claims that the platform checks, in whole seconds', async () => {
    const token = signRequest(account(), '{"name":"ü"}', new Date('2026-11-24T22:59:43.999Z'));
    const second = Date.parse('2026-11-24T22:59:43Z') / 1000;
    expect(decodeJwt(token)).toEqual({
      iss: 'mondoo/ams',
      sub: SERVICE_ACCOUNT_MRN,
      iat: second,
      nbf: second,
      exp: second + 60,
      chash: createHash('sha256').update(Buffer.from('{"name":"ü"}', 'utf8')).digest('hex'),
    });
  });

  it('uses the right hash for an empty object', async () => {
    expect(decodeJwt(signRequest(account(), '{}', NOW)).chash).toBe(
      '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    );
  });
});
