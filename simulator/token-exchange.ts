import { type KeyObject, verify } from 'node:crypto';
import { type CompactJwt, parseJwt } from './compact-jwt.ts';
import { isTime, LEEWAY } from './request-guard.ts';
import { type Reason, RpcFailure, UNAUTHENTICATED } from './rpc-error.ts';

export interface Trust {
  issuer: string;
  /** RS256. */
  publicKey: KeyObject;
  /** `//captain.api.mondoo.app/{spaces|organizations}/<id>` */
  audience: string;
  /** Default: any subject. */
  subject?: string;
  /** The endpoint in the exchanged credentials. Default: the platform's own. */
  endpoint?: string;
}

export interface ExchangeRequest {
  issuerUri: string;
  audience: string;
  jwt: string;
}

/** Finds a trust that accepts the token. Only `exp` is required. Throws RpcFailure. */
export function findTrust(
  { issuerUri, audience, jwt }: ExchangeRequest,
  trusts: readonly Trust[],
  now: Date,
): Trust {
  const refuse = (reason: Reason) => new RpcFailure(UNAUTHENTICATED, reason);
  const token = parseJwt(jwt);
  if (!token) throw refuse('malformed token');
  const { header, claims, signed, signature } = token;

  let candidates: readonly Trust[] = trusts;
  const keep = (reason: Reason, holds: (trust: Trust) => boolean) => {
    candidates = candidates.filter(holds);
    if (candidates.length === 0) throw refuse(reason);
  };
  keep('untrusted issuer', ({ issuer }) => issuer === issuerUri && issuer === claims.iss);
  keep('wrong audience', (trust) => trust.audience === audience && isFor(audience, claims));
  if (header.alg !== 'RS256') throw refuse('wrong algorithm');
  keep('bad signature', ({ publicKey }) => verify('sha256', signed, publicKey, signature));

  const seconds = now.getTime() / 1000;
  const { exp, nbf = 0, iat = 0 } = claims;
  if (!(isTime(exp) && isTime(nbf) && isTime(iat))) throw refuse('malformed token');
  if (exp < seconds - LEEWAY) throw refuse('expired');
  if (nbf > seconds + LEEWAY) throw refuse('not yet valid');
  keep('wrong subject', ({ subject }) => subject === undefined || subject === claims.sub);
  return candidates[0]!;
}

/** `aud` is one audience or a list. */
function isFor(audience: string, { aud }: CompactJwt['claims']): boolean {
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
}
