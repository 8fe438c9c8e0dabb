import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';

const PEM = /-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----/g;

/** Hashes a private key: SHA-256 of its PKCS#8 DER, in hex. */
export function keyHash(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'pkcs8', format: 'der' }))
    .digest('hex');
}

/** Hashes the private keys in a text, as block or escaped strings: without a parser, as other programs may rewrite it. */
export function keyHashesIn(text: string): string[] {
  return [...text.matchAll(PEM)].flatMap(([, body = '']) => {
    const der = Buffer.from(body.replace(/\\[nr]|\s|\\/g, ''), 'base64');
    try {
      return [keyHash(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))];
    } catch {
      return [];
    }
  });
}
