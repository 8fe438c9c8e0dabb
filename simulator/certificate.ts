// @peculiar/x509 brings no polyfill for the metadata that it needs to be loaded.
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { BasicConstraintsExtension, Name, X509CertificateGenerator } from '@peculiar/x509';

/** What a self-issued certificate says. */
export interface CertificateContent {
  commonName: string;
  notBefore: Date;
  notAfter: Date;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };

/**
 * Issues an X.509 certificate for a key, signed by that same key: PEM.
 * @param privateKey EC P-384
 */
export async function issueCertificate(
  { commonName, notBefore, notAfter }: CertificateContent,
  privateKey: KeyObject,
  publicKey: KeyObject,
): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A plain string would be read with the escapes of a distinguished name.
    name: new Name([{ CN: [{ utf8String: commonName }] }]),
    notBefore,
    notAfter,
    // Without any, the generator writes an empty list of extensions, which X.509 does not allow.
    extensions: [new BasicConstraintsExtension(false)],
    signingAlgorithm: ALGORITHM,
    keys: {
      privateKey: privateKey.toCryptoKey(ALGORITHM, false, ['sign']),
      publicKey: publicKey.toCryptoKey(ALGORITHM, true, ['verify']),
    },
  });
  return `${certificate.toString('pem')}\n`;
}
