import { createHash, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Mrn } from '../values/mrn.ts';

/** Who signs requests. */
export interface Signer {
  /** The service account's. */
  mrn: Mrn;
  /** EC P-384. */
  privateKey: KeyObject;
}

/** How long a request token is valid, in seconds. */
const LIFETIME = 60;

/**
 * Signs one request: a JWT that proves the service account and holds the hash of the exact body.
 * It binds neither host nor method, so it must never be sent anywhere but to the account's own endpoint.
 * @param now the time at which the request claims to be made
 */
export function signRequest({ mrn, privateKey }: Signer, body: string, now: Date): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ chash: createHash('sha256').update(body).digest('hex') })
    .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid: mrn })
    .setIssuer('mondoo/ams')
    .setSubject(mrn)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME)
    .sign(privateKey);
}
