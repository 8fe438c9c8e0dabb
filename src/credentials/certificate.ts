import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Validity } from '../platform/account.ts';
import { ActionError } from '../util/errors.ts';

/**
 * Reads a service account's certificate and proves that it was issued for the key.
 * cnspec never sends the certificate, so its dates do not make the credentials unusable by themselves.
 * @throws ActionError `invalid-credentials`
 */
export function readCertificate(pem: string, key: KeyObject): Validity {
  const certificate = decode(pem);
  if (!certificate.checkPrivateKey(key)) {
    throw new ActionError(
      'invalid-credentials',
      'The fields certificate and private_key of the credentials do not belong together: the certificate was issued for another key.',
      'The secret mixes two sets of credentials. Copy one set whole from the Mondoo Console and store it again.',
    );
  }
  return { from: certificate.validFromDate, to: certificate.validToDate };
}

function decode(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ActionError(
      'invalid-credentials',
      'The field certificate of the credentials is not a readable PEM certificate ("-----BEGIN CERTIFICATE-----").',
      'Copy the credentials from the Mondoo Console again, or remove the field: cnspec works without it.',
    );
  }
}
