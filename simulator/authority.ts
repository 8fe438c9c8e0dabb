// @peculiar/x509 needs this polyfill and doesn't bring it.
import 'reflect-metadata';
import { generateKeyPairSync, type KeyObject, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A key and its certificate chain, as PEM. */
export interface ServerIdentity {
  key: string;
  /** With intermediate certificates, without the root. */
  cert: string;
}

export interface ServerCertificateOptions {
  /** Host names and IP addresses; default: loopback. */
  hosts?: string[];
  /** Default: an hour ago. */
  notBefore?: Date;
  /** Default: a day from now. */
  notAfter?: Date;
}

/** A certificate authority that no system trusts by default. */
export interface Authority {
  readonly certificate: string;
  issue(options?: ServerCertificateOptions): Promise<ServerIdentity>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const LOOPBACK = ['localhost', '127.0.0.1'];
const HOUR = 3_600_000;

export async function createAuthority(): Promise<Authority> {
  const name = nameOf('Throwaway Authority of the Simulator');
  const keys = cryptoKeys(newKey());
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    ...validity({}),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
    signingAlgorithm: ALGORITHM,
    keys,
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    issue: async (options = {}) => {
      const { hosts = LOOPBACK } = options;
      const own = newKey();
      const issued = await X509CertificateGenerator.create({
        subject: nameOf(hosts[0] ?? ''),
        issuer: name,
        ...validity(options),
        extensions: [new BasicConstraintsExtension(false), alternativeNames(hosts)],
        signingAlgorithm: ALGORITHM,
        publicKey: cryptoKeys(own).publicKey,
        signingKey: keys.privateKey,
      });
      return identity(own.privateKey, issued.toString('pem'));
    },
  };
}

export async function selfSign(options: ServerCertificateOptions = {}): Promise<ServerIdentity> {
  const { hosts = LOOPBACK } = options;
  const own = newKey();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: nameOf(hosts[0] ?? ''),
    ...validity(options),
    extensions: [new BasicConstraintsExtension(false), alternativeNames(hosts)],
    signingAlgorithm: ALGORITHM,
    keys: cryptoKeys(own),
  });
  return identity(own.privateKey, certificate.toString('pem'));
}

interface KeyPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

function newKey(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function cryptoKeys({ privateKey, publicKey }: KeyPair): webcrypto.CryptoKeyPair {
  return {
    privateKey: privateKey.toCryptoKey(ALGORITHM, false, ['sign']),
    publicKey: publicKey.toCryptoKey(ALGORITHM, true, ['verify']),
  };
}

function identity(privateKey: KeyObject, certificate: string): ServerIdentity {
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, cert: `${certificate}\n` };
}

function validity({ notBefore, notAfter }: ServerCertificateOptions): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: notBefore ?? new Date(Date.now() - HOUR),
    notAfter: notAfter ?? new Date(Date.now() + 24 * HOUR),
  };
}

function nameOf(commonName: string): Name {
  return new Name([{ CN: [{ utf8String: commonName }] }]);
}

function alternativeNames(hosts: string[]): SubjectAlternativeNameExtension {
  return new SubjectAlternativeNameExtension(
    hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
  );
}
