import { createHash, createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Credentials } from './accounts.ts';

export interface Deviation {
  alg?: 'ES256' | 'ES384';
  kid?: string;
  claims?: Record<string, unknown>;
}

/** Signs with jose, so that the guard isn't tested with its own code. */
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
