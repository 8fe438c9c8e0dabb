import { createHash, type KeyObject, verify } from 'node:crypto';
import { bearerOf, parseJwt } from './compact-jwt.ts';
import { PERMISSION_DENIED, type Reason, type RpcError, UNAUTHENTICATED } from './rpc-error.ts';

export type Role = 'agent' | 'viewer';

export interface Account {
  mrn: string;
  publicKey: KeyObject;
  role: Role;
}

/** The account, or the error for the client and its real reason. */
export type Decision = { account: Account } | { error: RpcError; reason: Reason };

export interface GuardedRequest {
  authorization: string | undefined;
  body: Uint8Array;
  /** By MRN, without revoked accounts. */
  accounts: ReadonlyMap<string, Account>;
  now: Date;
}

/** The accepted clock difference, in seconds. */
export const LEEWAY = 60;

/** Checks a request token in the platform's order: key, signature, claims, body, role. */
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

/** In seconds. */
export function isTime(claim: unknown): claim is number {
  return typeof claim === 'number';
}
