import { type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a self-issued certificate says. */
export interface CertificateContent {
  commonName: string;
  notBefore: Date;
  notAfter: Date;
}

/**
 * Issues an X.509 certificate for a key, signed by that same key: PEM.
 * Written out in DER because Node reads certificates and cannot make them.
 * @param privateKey EC P-384
 */
export function issueCertificate(
  { commonName, notBefore, notAfter }: CertificateContent,
  privateKey: KeyObject,
  publicKey: KeyObject,
): string {
  const name = sequence(set(sequence(OID_COMMON_NAME, element(0x0c, Buffer.from(commonName)))));
  const signatureAlgorithm = sequence(OID_ECDSA_WITH_SHA384);
  const certificate = sequence(
    serialNumber(),
    signatureAlgorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = element(0x03, Buffer.from([0]), sign('sha384', certificate, privateKey));
  return pem('CERTIFICATE', sequence(certificate, signatureAlgorithm, signature));
}

/** 2.5.4.3 */
const OID_COMMON_NAME = Buffer.from('0603550403', 'hex');
/** 1.2.840.10045.4.3.3 */
const OID_ECDSA_WITH_SHA384 = Buffer.from('06082a8648ce3d040303', 'hex');

function element(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  return bytes < 0x100 ? Buffer.from([0x81, bytes]) : Buffer.from([0x82, bytes >> 8, bytes & 0xff]);
}

function sequence(...contents: Buffer[]): Buffer {
  return element(0x30, ...contents);
}

function set(...contents: Buffer[]): Buffer {
  return element(0x31, ...contents);
}

function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  // A positive integer in its shortest form: the first bit is clear and the first byte is not zero.
  bytes[0] = 0x40 | (bytes[0]! & 0x3f);
  return element(0x02, bytes);
}

/** UTCTime has two digits for the year and so ends with 2049; from there on it has to be GeneralizedTime. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/\.\d+Z$|\D/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
