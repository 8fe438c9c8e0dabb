import { createHash, sign } from 'node:crypto';
import type { Signer } from './account.ts';

/** Lifetime of a token, and how much longer the platform accepts it, as observed. Seconds. */
const LIFETIME = 60;
const LEEWAY = 60;
/** What a request may take to the platform, in milliseconds. */
const ON_THE_WAY = 5000;

/** Whether the platform accepts the local time. `skew`: its clock minus the local one; both in milliseconds. */
export function fitsPlatformTime(skew: number, error: number): boolean {
  return skew - error > -LEEWAY * 1000 && skew + error + ON_THE_WAY < (LIFETIME + LEEWAY) * 1000;
}

/**
 * Signs a JWT that binds neither host nor method, so it must only be sent to the account's own endpoint.
 * With node:crypto, as a library that uses WebCrypto adds 7 % to the CPU time of the step.
 */
export function signRequest({ mrn, privateKey }: Signer, body: string, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000);
  const chash = createHash('sha256').update(body).digest('hex');
  const claims = { chash, iss: 'mondoo/ams', sub: mrn, iat, nbf: iat, exp: iat + LIFETIME };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const content = `${encode({ alg: 'ES384', typ: 'JWT', kid: mrn })}.${encode(claims)}`;
  const signature = sign('sha384', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}
