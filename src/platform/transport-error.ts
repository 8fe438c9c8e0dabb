import type { Phase } from './call-error.ts';

/** A request without a complete response. The message says why in a few words. */
export class HttpError extends Error {
  readonly phase: Phase;
  /** Whether another attempt would end the same way. */
  readonly permanent: boolean;

  constructor(phase: Phase, message: string, permanent = false) {
    super(message);
    this.name = 'HttpError';
    this.phase = phase;
    this.permanent = permanent;
  }
}

/** No connection within its limit. */
export class ConnectTimeout extends Error {
  /** Milliseconds. */
  readonly limit: number;

  constructor(limit: number) {
    super('no connection in time');
    this.limit = limit;
  }
}

/** The connection with the proxy itself failed, rather than the one beyond it. */
export class ProxyError extends Error {
  readonly code: string;
  override readonly cause: Error;

  constructor(cause: NodeJS.ErrnoException) {
    super('no connection with the proxy');
    this.code = cause.code ?? '';
    this.cause = cause;
  }
}

/** The proxy answered CONNECT with something else than 200. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(status = 0) {
    super('the proxy opens no tunnel');
    this.status = status;
  }
}

/** Both ends of a connection. */
interface Connection {
  url: URL;
  /** URL */
  proxy: string | undefined;
}

/**
 * Says in a few words why a request failed, for someone who does not know the codes.
 * Built from codes and host names alone: the text of an error may quote what was sent, and a proxy's URL may hold a
 * password.
 */
export function describeFailure(error: Error, phase: Phase, { url, proxy }: Connection): string {
  const through = proxy === undefined ? '' : `the proxy ${new URL(proxy).host}`;
  if (error instanceof ProxyRefusal) {
    return error.status === 407
      ? `${through} wants a user name and a password, or other ones than it got (HTTP status 407)`
      : `${through} does not let this machine through to ${url.host} (HTTP status ${error.status})`;
  }
  const { code = '' } = error as NodeJS.ErrnoException;
  const suffix = code && ` (${code})`;
  const certificate = CERTIFICATE[code];
  if (certificate) {
    const holder = error instanceof ProxyError ? through : url.hostname;
    return `the TLS certificate of ${holder} ${certificate}${suffix}`;
  }
  if (phase === 'headers') return `the connection to ${url.host} broke off before an answer came${suffix}`;
  if (phase === 'body') return `the connection to ${url.host} broke off in the middle of the answer${suffix}`;

  const { host, hostname } = proxy === undefined ? url : new URL(proxy);
  const target = proxy === undefined ? host : through;
  const reason = CONNECTING[code];
  return `${reason ? reason(target, hostname) : `no connection to ${target}`}${suffix}`;
}

/** Tells whether another attempt would end the same way. */
export function isPermanent(error: Error): boolean {
  if (error instanceof ProxyRefusal) {
    // Many attempts with a wrong password may lock the account.
    return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
  }
  const { code = '' } = error as NodeJS.ErrnoException;
  return code in CERTIFICATE || code in NO_TLS || code.startsWith('ERR_SSL_') || code === 'ERR_INVALID_CHAR';
}

/** Tells whether a certificate failed only because Node does not know its CA. */
export function isUnknownIssuer(code: string | undefined): boolean {
  return code !== undefined && UNKNOWN_ISSUER.has(code);
}

const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** https://docs.openssl.org/master/man1/openssl-verification-options/ */
const CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  CERT_SIGNATURE_FAILURE: 'has a signature that is not good',
  CERT_UNTRUSTED: 'is not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'was issued for another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed, and not known on this machine',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an issuer that is not known on this machine',
};

const speaksNoTls = (target: string) => `${target} does not speak TLS`;

const NO_TLS: Record<string, (target: string) => string> = {
  EPROTO: speaksNoTls,
  ERR_SSL_WRONG_VERSION_NUMBER: speaksNoTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: speaksNoTls,
};

/** Why there is no connection: `target` may say "the proxy ...", `name` is only a host name. */
const CONNECTING: Record<string, (target: string, name: string) => string> = {
  ...NO_TLS,
  ECONNREFUSED: (target) => `${target} refuses connections`,
  ECONNRESET: (target) => `${target} broke the connection off`,
  ENOTFOUND: (_, name) => `the name ${name} cannot be resolved`,
  EAI_AGAIN: (_, name) => `the name ${name} cannot be resolved at the moment`,
  ENETUNREACH: (target) => `there is no network route to ${target}`,
  EHOSTUNREACH: (target) => `there is no network route to ${target}`,
  ETIMEDOUT: (target) => `${target} does not answer`,
};
