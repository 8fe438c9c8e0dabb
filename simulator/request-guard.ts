import { createHash, type KeyObject, verify } from 'node:crypto';
import { bearerOf, parseJwt } from './compact-jwt.ts';
import { PERMISSION_DENIED, type Reason, type RpcError, UNAUTHENTICATED } from './rpc-error.ts';

/** What a service account may do: only an agent may call the methods that are guarded here. */
export type Role = 'agent' | 'viewer';

/** What the platform knows of a service account. */
export interface Account {
  mrn: string;
  publicKey: KeyObject;
  role: Role;
}

/** The guard's answer: who is let in, or what the refused one is told. */
export type Decision = { account: Account } | { error: RpcError; reason: Reason };

/** One request, and what the platform knows at that moment. */
export interface GuardedRequest {
  authorization: string | undefined;
  /** Byte for byte as it arrived. */
  body: Uint8Array;
  /** By mrn. An account that was revoked is not among them. */
  accounts: ReadonlyMap<string, Account>;
  /** The platform's clock. */
  now: Date;
}

/** How far the clocks may be apart, in seconds. */
export const LEEWAY = 60;

/** Checks a request token as the platform does, in its order: key, signature, claims, body, and then the role. */
export function guard({ authorization, body, accounts, now }: GuardedRequest): Decision {
  if (authorization === undefined) return unauthenticated('no token');
  const token = parseJwt(bearerOf(authorization) ?? '');
  if (!token) return unauthenticated('malformed token');
  const { header, claims } = token;

  const account = typeof header.kid === 'string' ? accounts.get(header.kid) : undefined;
  if (!account) return unauthenticated('unknown key id');
  const key = { key: account.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha384', token.signed, key, token.signature)) return unauthenticated('bad signature');
  if (header.alg !== 'ES384') return unauthenticated('wrong algorithm');

  if (claims.iss !== 'mondoo/ams') return unauthenticated('wrong issuer');
  if (claims.sub !== account.mrn) return unauthenticated('wrong subject');
  const seconds = now.getTime() / 1000;
  if (!(isTime(claims.iat) && isTime(claims.nbf) && isTime(claims.exp))) {
    return unauthenticated('malformed token');
  }
  if (Math.max(claims.iat, claims.nbf) > seconds + LEEWAY) return unauthenticated('not yet valid');
  if (claims.exp < seconds - LEEWAY) return unauthenticated('expired');
  if (claims.chash !== createHash('sha256').update(body).digest('hex')) {
    return unauthenticated('wrong body hash');
  }

  return account.role === 'agent' ? { account } : { error: PERMISSION_DENIED, reason: 'wrong role' };
}

function unauthenticated(reason: Reason): Decision {
  return { error: UNAUTHENTICATED, reason };
}

/** Tells whether a claim is a time, in seconds. */
export function isTime(claim: unknown): claim is number {
  return typeof claim === 'number';
}
