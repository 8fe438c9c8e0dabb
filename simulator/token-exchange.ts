import { type KeyObject, verify } from 'node:crypto';
import { parseJwt } from './compact-jwt.ts';
import { isTime, LEEWAY, type Reason } from './request-guard.ts';
import { RpcFailure, UNAUTHENTICATED } from './rpc-error.ts';

/** Whose ID tokens a space or an organization trusts, as its owner sets that up in the Console. */
export interface Trust {
  issuer: string;
  /** Verifies the issuer's tokens: RS256. */
  publicKey: KeyObject;
  /** `//captain.api.mondoo.app/{spaces|organizations}/<id>` */
  audience: string;
  /** The subject that a token has to have; any when it is left out. */
  subject?: string;
  /** What the minted credentials say of their endpoint; the platform's own when it is left out. */
  endpoint?: string;
}

/** What is sent to be exchanged. */
export interface ExchangeRequest {
  issuerUri: string;
  audience: string;
  jwt: string;
}

/**
 * Checks an ID token against all that is trusted.
 * @returns what makes it good
 * @throws RpcFailure
 */
export function findTrust(
  { issuerUri, audience, jwt }: ExchangeRequest,
  trusts: readonly Trust[],
  now: Date,
): Trust {
  const refuse = (reason: Reason) => new RpcFailure(UNAUTHENTICATED, reason);
  const token = parseJwt(jwt);
  if (!token) throw refuse('malformed token');
  const { header, claims, signed, signature } = token;

  const ofIssuer = trusts.filter(({ issuer }) => issuer === issuerUri && issuer === claims.iss);
  if (ofIssuer.length === 0) throw refuse('untrusted issuer');
  const trust = ofIssuer.find((trust) => trust.audience === audience && claims.aud === audience);
  if (!trust) throw refuse('wrong audience');
  if (header.alg !== 'RS256') throw refuse('wrong algorithm');
  if (!verify('sha256', signed, trust.publicKey, signature)) throw refuse('bad signature');

  const seconds = now.getTime() / 1000;
  if (!isTime(claims.exp) || claims.exp < seconds - LEEWAY) throw refuse('expired');
  if (isTime(claims.nbf) && claims.nbf > seconds + LEEWAY) throw refuse('not yet valid');
  if (trust.subject !== undefined && trust.subject !== claims.sub) throw refuse('wrong subject');
  return trust;
}
