import type { Phase } from './call-error.ts';

/** A request without a complete response. The message says why in a few words. */
export class HttpError extends Error {
  readonly phase: Phase;
  /** Another attempt would end the same way. */
  readonly permanent: boolean;
  /** The fix, if it follows from the route to the server. */
  remedy?: string | undefined;

  constructor(phase: Phase, message: string, permanent = false, remedy?: string) {
    super(message);
    this.name = 'HttpError';
    this.phase = phase;
    this.permanent = permanent;
    this.remedy = remedy;
  }
}

/** Words an error by codes and hosts alone: its text may quote what was sent, a proxy's URL may hold a password. */
export function toHttpError(error: unknown, phase: Phase, url: URL, proxy?: URL, isTunnelOpen = false): HttpError {
  if (error instanceof HttpError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  let target = proxy ? `the proxy ${proxy.host}` : url.host;
  if (isTunnelOpen) target = `${url.host} through ${target}`;
  const reasons = {
    connect: CONNECTING[code]?.(target) ?? `no connection to ${target}`,
    headers: `the connection to ${url.host} was lost before a response arrived`,
    body: `the connection to ${url.host} was lost in the middle of the response`,
  };
  const isCertificate = code in CERTIFICATE;
  const reason = isCertificate ? `the TLS certificate of ${target} ${CERTIFICATE[code]}` : reasons[phase];
  const permanent = isCertificate || /^(?:EPROTO|ERR_SSL_.*|ERR_INVALID_CHAR)$/.test(code);
  return new HttpError(phase, code ? `${reason} (${code})` : reason, permanent);
}

const UNKNOWN_CA = "comes from a CA that the runner doesn't trust";

/** Certificates that fail only because Node doesn't know their CA. */
export const UNKNOWN_CA_CODES: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed, and the runner doesn't trust it",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
};

/** https://docs.openssl.org/master/man1/openssl-verification-options/ */
const CERTIFICATE: Record<string, string> = {
  ...UNKNOWN_CA_CODES,
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  CERT_SIGNATURE_FAILURE: 'has an invalid signature',
  CERT_UNTRUSTED: 'is not trusted on the runner',
  ERR_TLS_CERT_ALTNAME_INVALID: 'was issued for another host name',
};

const noTls = (target: string) => `${target} does not speak TLS`;
const noRoute = (target: string) => `there is no network route to ${target}`;

const CONNECTING: Record<string, (target: string) => string> = {
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ECONNREFUSED: (target) => `${target} refuses connections`,
  ECONNRESET: (target) => `the connection to ${target} was lost`,
  ENOTFOUND: (target) => `the name of ${target} cannot be resolved`,
  EAI_AGAIN: (target) => `the name of ${target} cannot be resolved at the moment`,
  ENETUNREACH: noRoute,
  EHOSTUNREACH: noRoute,
  ETIMEDOUT: (target) => `${target} does not respond`,
};
