import { createPrivateKey, type KeyObject } from 'node:crypto';
import { invalid } from './fields.ts';

const OTHER_LABELS: Record<string, [found: string, remedy?: string]> = {
  'EC PRIVATE KEY': [
    'is in the SEC1 form ("BEGIN EC PRIVATE KEY"), which cnspec can\'t read',
    'Convert it with `openssl pkcs8 -topk8 -nocrypt`, or use the credentials as the Mondoo Console gives them.',
  ],
  'ENCRYPTED PRIVATE KEY': ['is encrypted with a passphrase ("BEGIN ENCRYPTED PRIVATE KEY")'],
  'RSA PRIVATE KEY': ['is an RSA key. Service accounts use EC P-384'],
  'PUBLIC KEY': ['is only the public half of a key ("BEGIN PUBLIC KEY")'],
  CERTIFICATE: ['holds a certificate instead of a key. The two fields may have been swapped'],
};

const CURVE_NAMES: Record<string, string> = { prime256v1: 'P-256', secp521r1: 'P-521' };

/** Reads a private key: PEM, PKCS#8, EC P-384, the only kind that cnspec reads. @throws ActionError */
export function readPrivateKey(pem: string): KeyObject {
  // `openssl ecparam -genkey` writes the parameters of the curve before the key.
  const label = /-----BEGIN (?!EC PARAMETERS)([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) throw unusable('isn\'t PEM: the line "-----BEGIN PRIVATE KEY-----" is missing');
  if (pem.includes('\\n')) {
    const problem = 'has double-escaped line breaks: a backslash and "n" instead of each line break';
    throw unusable(problem, 'Store the JSON unchanged, without quoting or escaping it again.');
  }
  if (!/-----BEGIN [A-Z0-9 ]+-----[ \t]*\r?\n/.test(pem)) {
    const problem = 'has lost its line breaks: more text follows "-----BEGIN" in the same line';
    throw unusable(problem, 'Store the JSON unchanged as the secret.');
  }
  if (label !== 'PRIVATE KEY') throw unusable(...(OTHER_LABELS[label] ?? ["is PEM, but isn't a PKCS#8 private key"]));
  const body = /-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----/s.exec(pem)?.[1];
  if (body === undefined) throw unusable('is cut off: the line "-----END PRIVATE KEY-----" is missing');
  if (/PRIVATE KEY-----.*-----BEGIN [A-Z ]*PRIVATE KEY-----/s.test(pem)) throw unusable('holds several keys');
  let key: KeyObject;
  try {
    // Lines with a colon are headers. Other line breaks make no difference to cnspec.
    const der = Buffer.from(body.replace(/^.*:.*$/gm, ''), 'base64');
    key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    throw unusable("is labelled as a PKCS#8 key but can't be read: the text between the labels is damaged or cut off");
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  if (asymmetricKeyType !== 'ec') {
    throw unusable(`is an ${asymmetricKeyType?.toUpperCase()} key. Service accounts use EC P-384`);
  }
  const curve = asymmetricKeyDetails?.namedCurve ?? 'unnamed';
  if (curve === 'secp384r1') return key;
  throw unusable(`is an EC key on the curve ${CURVE_NAMES[curve] ?? curve}. Service accounts use P-384`);
}

function unusable(found: string, remedy?: string) {
  return invalid(`The field \`private_key\` of the credentials ${found}.`, remedy);
}
