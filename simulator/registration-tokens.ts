import { generateKeyPairSync, verify } from 'node:crypto';
import { SignJWT } from 'jose';
import { parseJwt } from './compact-jwt.ts';
import { isTime } from './request-guard.ts';
import { type Reason, RpcFailure, UNAUTHENTICATED } from './rpc-error.ts';

export interface RegistrationTokenOptions {
  space?: string;
  endpoint?: string;
  /** Default: an hour from now. */
  expiresAt?: Date;
}

const HOUR = 3_600_000;

/** JWTs that only the platform can verify. */
export class RegistrationTokens {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  private readonly revoked = new Set<string>();

  async issue({
    space = 'lunalectric-website',
    endpoint = 'https://us.api.mondoo.com',
    expiresAt = new Date(Date.now() + HOUR),
  }: RegistrationTokenOptions): Promise<string> {
    return new SignJWT({
      space: `//captain.api.mondoo.app/spaces/${space}`,
      desc: 'Registration token of the simulator',
      api_endpoint: endpoint,
      labels: {},
      owner: '//captain.api.mondoo.app/users/2SARlZgQnFLAzj7jfiS1Fx2HBz8',
      cert_valid_until: new Date(expiresAt.getTime() + HOUR).toISOString(),
    })
      .setProtectedHeader({ alg: 'ES384', typ: 'JWT' })
      .setIssuer('mondoo/ams')
      .setAudience(['mondoo'])
      .setExpirationTime(expiresAt)
      .sign(this.keys.privateKey);
  }

  revoke(token: string): void {
    this.revoked.add(token);
  }

  /** Returns the space of a valid token. `inBody` is the token in the request body. Throws RpcFailure. */
  accept(token: string, inBody: unknown, now: Date): { space: string; endpoint: string } {
    const refuse = (reason: Reason) => new RpcFailure(UNAUTHENTICATED, reason);
    const { claims, signed, signature } = parseJwt(token) ?? {};
    if (!claims || !signed || !signature) throw refuse('malformed token');
    const key = { key: this.keys.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha384', signed, key, signature)) throw refuse('bad signature');
    // cnspec has no leeway; the platform's is unknown.
    if (!isTime(claims.exp) || claims.exp <= now.getTime() / 1000) throw refuse('expired');
    if (this.revoked.has(token)) throw refuse('revoked token');
    if (inBody !== token) throw refuse('another token in the body');
    return { space: String(claims.space).replace(/^.*\//, ''), endpoint: String(claims.api_endpoint) };
  }
}

/** A request token has no claim `space`. */
export function isRegistrationToken(token: string | undefined): token is string {
  return token !== undefined && parseJwt(token)?.claims.space !== undefined;
}
