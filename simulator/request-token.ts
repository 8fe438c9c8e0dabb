import { createHash, createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Credentials } from './accounts.ts';

/** What a request token says where it is not as it should be. */
export interface Deviation {
  alg?: 'ES256' | 'ES384';
  kid?: string;
  claims?: Record<string, unknown>;
}

/** Makes the Authorization header of a request, signed by jose and so by another hand than the guard's own. */
export async function authorize(
  { mrn, private_key }: Pick<Credentials, 'mrn' | 'private_key'>,
  body: string | Uint8Array,
  now: Date,
  { alg = 'ES384', kid = mrn, claims = {} }: Deviation = {},
): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000);
  const token = await new SignJWT({
    iss: 'mondoo/ams',
    sub: mrn,
    iat: seconds,
    nbf: seconds,
    exp: seconds + 60,
    chash: createHash('sha256').update(body).digest('hex'),
    ...claims,
  })
    .setProtectedHeader({ alg, typ: 'JWT', kid })
    .sign(createPrivateKey(private_key));
  return `Bearer ${token}`;
}
