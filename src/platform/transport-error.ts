import type { Phase } from './call-error.ts';

/** A request without a complete response. The message says why in a few words. */
export class HttpError extends Error {
  readonly phase: Phase;
  /** Another attempt would end the same way. */
  readonly permanent: boolean;

  constructor(phase: Phase, message: string, permanent = false) {
    super(message);
    this.name = 'HttpError';
    this.phase = phase;
    this.permanent = permanent;
  }
}

/**
 * Words an error by codes and host names alone: its text may quote what was sent, a proxy's URL may hold a password.
 * @param peer whose certificate it is
 */
export function toHttpError(error: unknown, phase: Phase, url: URL, proxy?: URL, peer = url.hostname): HttpError {
  if (error instanceof HttpError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const { host, hostname } = proxy ?? url;
  const target = proxy ? `the proxy ${host}` : host;
  let reason = CONNECTING[code]?.(target, hostname) ?? `no connection to ${target}`;
  if (phase === 'headers') reason = `the connection to ${url.host} broke off before an answer came`;
  if (phase === 'body') reason = `the connection to ${url.host} broke off in the middle of the answer`;
  if (code in CERTIFICATE) reason = `the TLS certificate of ${peer} ${CERTIFICATE[code]}`;
  const permanent =
    code in CERTIFICATE || code === 'EPROTO' || code.startsWith('ERR_SSL_') || code === 'ERR_INVALID_CHAR';
  return new HttpError(phase, code ? `${reason} (${code})` : reason, permanent);
}

/** Certificates that fail only because Node doesn't know their CA. */
export const UNKNOWN_ISSUER: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed, and not known on this machine',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an issuer that is not known on this machine',
};

/** https://docs.openssl.org/master/man1/openssl-verification-options/ */
const CERTIFICATE: Record<string, string> = {
  ...UNKNOWN_ISSUER,
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  CERT_SIGNATURE_FAILURE: 'has a signature that is not good',
  CERT_UNTRUSTED: 'is not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'was issued for another host name',
};

const CONNECTING: Record<string, (target: string, hostname: string) => string> = {
  EPROTO: (target) => `${target} does not speak TLS`,
  ERR_SSL_WRONG_VERSION_NUMBER: (target) => `${target} does not speak TLS`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (target) => `${target} does not speak TLS`,
  ECONNREFUSED: (target) => `${target} refuses connections`,
  ECONNRESET: (target) => `${target} broke the connection off`,
  ENOTFOUND: (_, hostname) => `the name ${hostname} cannot be resolved`,
  EAI_AGAIN: (_, hostname) => `the name ${hostname} cannot be resolved at the moment`,
  ENETUNREACH: (target) => `there is no network route to ${target}`,
  EHOSTUNREACH: (target) => `there is no network route to ${target}`,
  ETIMEDOUT: (target) => `${target} does not answer`,
};
