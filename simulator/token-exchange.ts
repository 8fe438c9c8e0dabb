import { type KeyObject, verify } from 'node:crypto';
import { type CompactJwt, parseJwt } from './compact-jwt.ts';
import { isTime, LEEWAY } from './request-guard.ts';
import { type Reason, RpcFailure, UNAUTHENTICATED } from './rpc-error.ts';

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
 * Checks an ID token against all that is trusted; of several trusts in the same audience any one is enough.
 * Of its times only the end is required, and the others are optional. https://www.rfc-editor.org/rfc/rfc7519#section-4.1
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

/** Tells whether a token is for an audience: it names one, or a list of them. */
function isFor(audience: string, { aud }: CompactJwt['claims']): boolean {
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
}
