import { createPrivateKey, type KeyObject } from 'node:crypto';
import { invalid } from './fields.ts';

const COPY_AGAIN =
  'Generate new credentials in the Mondoo Console (or copy the existing ones again) and store the whole JSON as the secret.';

const OTHER_LABELS: Record<string, [found: string, remedy?: string]> = {
  'EC PRIVATE KEY': [
    'is in the SEC1 form ("BEGIN EC PRIVATE KEY"), which cnspec does not read',
    'Convert it with `openssl pkcs8 -topk8 -nocrypt`, or use the credentials as the Mondoo Console gives them.',
  ],
  'ENCRYPTED PRIVATE KEY': ['is encrypted with a passphrase ("BEGIN ENCRYPTED PRIVATE KEY")'],
  'RSA PRIVATE KEY': ['is an RSA key; service accounts use EC P-384'],
  'PUBLIC KEY': ['is only the public half of a key ("BEGIN PUBLIC KEY")'],
  CERTIFICATE: ['holds a certificate instead of a key; the two fields may have been swapped'],
};

const CURVE_NAMES: Record<string, string> = { prime256v1: 'P-256', secp521r1: 'P-521' };

/** Reads a private key: PEM, PKCS#8, EC P-384, the only kind that cnspec reads. @throws ActionError */
export function readPrivateKey(pem: string): KeyObject {
  // `openssl ecparam -genkey` writes the parameters of the curve before the key.
  const label = /-----BEGIN (?!EC PARAMETERS)([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) throw unusable('is not PEM: it has no "-----BEGIN PRIVATE KEY-----" line');

  if (pem.includes('\\n')) {
    throw unusable(
      'has its line ends escaped twice: it contains a backslash followed by "n" where a line should end',
      'Store the JSON as it is, without quoting or escaping it again.',
    );
  }
  if (!/-----BEGIN [A-Z0-9 ]+-----[ \t]*\r?\n/.test(pem)) {
    throw unusable(
      'has lost its line ends: the text behind "-----BEGIN" goes on in the same line',
      'Store the JSON file byte for byte, for example with `gh secret set MONDOO_CREDENTIALS < credentials.json`.',
    );
  }
  if (label !== 'PRIVATE KEY') {
    throw unusable(...(OTHER_LABELS[label] ?? ['is PEM of a kind that is not a PKCS#8 private key']));
  }
  if (!pem.includes('-----END PRIVATE KEY-----')) {
    throw unusable('is cut off: it has no "-----END PRIVATE KEY-----" line');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', type: 'pkcs8' });
  } catch {
    throw unusable('is labelled as a PKCS#8 key but cannot be read: the text between the labels is damaged or cut');
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  if (asymmetricKeyType !== 'ec') {
    throw unusable(`is an ${asymmetricKeyType?.toUpperCase()} key; service accounts use EC P-384`);
  }
  const curve = asymmetricKeyDetails?.namedCurve ?? 'unnamed';
  if (curve !== 'secp384r1') {
    throw unusable(`is an EC key on the curve ${CURVE_NAMES[curve] ?? curve}; service accounts use P-384`);
  }
  return key;
}

function unusable(found: string, remedy = COPY_AGAIN) {
  return invalid(`The field private_key of the credentials ${found}.`, remedy);
}
