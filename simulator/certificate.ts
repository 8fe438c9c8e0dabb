// @peculiar/x509 needs this polyfill and doesn't bring it.
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { BasicConstraintsExtension, Name, X509CertificateGenerator } from '@peculiar/x509';

export interface CertificateContent {
  commonName: string;
  notBefore: Date;
  notAfter: Date;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };

/** A self-signed X.509 certificate as PEM. The key is EC P-384. */
export async function issueCertificate(
  { commonName, notBefore, notAfter }: CertificateContent,
  privateKey: KeyObject,
  publicKey: KeyObject,
): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A plain string would be parsed with the escapes of a distinguished name.
    name: new Name([{ CN: [{ utf8String: commonName }] }]),
    notBefore,
    notAfter,
    // Otherwise the generator writes an empty list of extensions, which X.509 doesn't allow.
    extensions: [new BasicConstraintsExtension(false)],
    signingAlgorithm: ALGORITHM,
    keys: {
      privateKey: privateKey.toCryptoKey(ALGORITHM, false, ['sign']),
      publicKey: publicKey.toCryptoKey(ALGORITHM, true, ['verify']),
    },
  });
  return `${certificate.toString('pem')}\n`;
}
