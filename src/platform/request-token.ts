import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Signer } from './account.ts';

/** How long a token is valid, and how far beside that the platform accepts it, as observed. Seconds. */
const LIFETIME = 60;
const LEEWAY = 60;
/** What a request may take to the platform, in milliseconds. */
const ON_THE_WAY = 5000;

/** Whether the platform accepts the local time. `skew`: its clock minus the local one; both in milliseconds. */
export function fitsPlatformTime(skew: number, error: number): boolean {
  return skew - error > -LEEWAY * 1000 && skew + error + ON_THE_WAY < (LIFETIME + LEEWAY) * 1000;
}

/** A JWT that binds neither host nor method, so it must only be sent to the account's own endpoint. */
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
