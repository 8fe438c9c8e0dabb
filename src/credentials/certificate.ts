import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Validity } from '../platform/account.ts';
import { invalid } from './fields.ts';

/** Reads the certificate of a key. Its dates decide nothing, as cnspec never sends it. @throws ActionError */
export function readCertificate(pem: string, key: KeyObject): Validity {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw invalid(
      'The field certificate of the credentials is not a readable PEM certificate ("-----BEGIN CERTIFICATE-----").',
      'Copy the credentials from the Mondoo Console again, or remove the field: cnspec works without it.',
    );
  }
  if (!certificate.checkPrivateKey(key)) {
    throw invalid(
      'The fields certificate and private_key of the credentials do not belong together: the certificate was issued for another key.',
      'The secret mixes two sets of credentials. Copy one set whole from the Mondoo Console and store it again.',
    );
  }
  return { from: certificate.validFromDate, to: certificate.validToDate };
}
