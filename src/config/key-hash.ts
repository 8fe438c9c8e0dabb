import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';

/** Hashes a private key: SHA-256 of its PKCS#8 DER, in hex. */
export function keyHash(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'pkcs8', format: 'der' }))
    .digest('hex');
}

/**
 * Tells whether a text holds the private key with a hash, as a block of lines or as one escaped string. Whatever
 * program rewrote the file in the meantime, this needs no parser.
 */
export function holdsKey(text: string, hash: string): boolean {
  return privateKeysIn(text).some((key) => keyHash(key) === hash);
}

/** Tells whether a text holds any private key. */
export function holdsAnyKey(text: string): boolean {
  return privateKeysIn(text).length > 0;
}

const PEM = /-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----/g;

function privateKeysIn(text: string): KeyObject[] {
  return [...text.matchAll(PEM)].flatMap(([, body = '']) => {
    const der = Buffer.from(body.replace(/\\[nr]|\s|\\/g, ''), 'base64');
    try {
      return [createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })];
    } catch {
      return [];
    }
  });
}
