import type { Phase } from './call-error.ts';

/** Between which ends a request failed. */
export interface Connection {
  url: URL;
  proxy: string | undefined;
}

/** What went wrong between this machine and its proxy, rather than beyond it. */
export class ProxyConnectionError extends Error {
  readonly code: string;

  constructor({ message, code = '' }: NodeJS.ErrnoException) {
    super(message);
    this.code = code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : code;
  }
}

/**
 * Says in a few words why a request failed, for someone who does not know the codes.
 * Built from codes and host names alone: an error's own text may quote what was sent, and the URL of a proxy
 * may hold a password.
 */
export function describeFailure(error: Error, phase: Phase, { url, proxy }: Connection): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  const refusal = /^Proxy response \((\d{3})\)/.exec(error.message)?.[1];
  const through = proxy === undefined ? '' : `the proxy ${new URL(proxy).host}`;
  const atProxy = error instanceof ProxyConnectionError || code === 'UND_ERR_PRX_TLS';
  if (refusal === '407')
    return `${through} wants a user name and a password, or other ones than it got (HTTP status 407)`;
  if (refusal) return `${through} does not let this machine through to ${url.host} (HTTP status ${refusal})`;

  const suffix = code && ` (${code})`;
  const certificate = CERTIFICATE[code];
  if (certificate)
    return `the TLS certificate of ${atProxy ? through : url.hostname} ${certificate}${suffix}`;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return `the answer is larger than 1 MiB${suffix}`;
  if (phase === 'headers') return `the connection to ${url.host} broke off before an answer came${suffix}`;
  if (phase === 'body') return `the connection to ${url.host} broke off in the middle of the answer${suffix}`;

  const { host, hostname } = proxy === undefined ? url : new URL(proxy);
  const target = proxy === undefined ? host : through;
  const reason = CONNECTING[code];
  return `${reason ? reason(target, hostname) : `no connection to ${target}`}${suffix}`;
}

/** Tells whether another try would end the same way. */
export function isPermanent(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return (
    code in CERTIFICATE ||
    code.startsWith('ERR_SSL_') ||
    code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ||
    // A header that cannot be sent.
    code === 'UND_ERR_INVALID_ARG' ||
    // A proxy that is asked with a wrong password again and again may lock the account.
    /^Proxy response \((?!408|429)4\d\d\)/.test(error.message)
  );
}

/** Tells whether a certificate failed only because Node does not know its issuer. */
export function isUnknownIssuer(code: string): boolean {
  return UNKNOWN_ISSUER.has(code);
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
  UND_ERR_PRX_TLS: 'was issued for another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed, and not known on this machine',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an issuer that is not known on this machine',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an issuer that is not known on this machine',
};

/** Why no connection came about: `target` may say "the proxy ...", `name` is only a host name. */
const CONNECTING: Record<string, (target: string, name: string) => string> = {
  ECONNREFUSED: (target) => `${target} refuses connections`,
  ECONNRESET: (target) => `${target} broke the connection off`,
  UND_ERR_SOCKET: (target) => `${target} broke the connection off`,
  ENOTFOUND: (_, name) => `the name ${name} cannot be resolved`,
  EAI_AGAIN: (_, name) => `the name ${name} cannot be resolved at the moment`,
  ENETUNREACH: (target) => `there is no network route to ${target}`,
  EHOSTUNREACH: (target) => `there is no network route to ${target}`,
  ETIMEDOUT: (target) => `${target} does not answer`,
  UND_ERR_CONNECT_TIMEOUT: (target) => `${target} does not answer`,
  ERR_SSL_WRONG_VERSION_NUMBER: (target) => `${target} does not speak TLS`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (target) => `${target} does not speak TLS`,
};
