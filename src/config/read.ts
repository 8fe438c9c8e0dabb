import { createPrivateKey, hash, type KeyObject } from 'node:crypto';
import { lstat, open } from 'node:fs/promises';
import { decodeBytes } from '../credentials/secrets.ts';

/** The most of a file that is read, in bytes. */
export const LONGEST = 1024 * 1024;

/** The start of the first line of each mondoo.yml that this action writes. */
export const MARK = '# Written by register-cnspec';

const PEM = /-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----/g;

/** Reads the start of a file, which PowerShell may have rewritten. A pipe would block, and a link leads elsewhere. */
export async function readText(file: string): Promise<string> {
  if (!(await lstat(file)).isFile()) return '';
  await using handle = await open(file);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST));
  return decodeBytes(buffer.subarray(0, bytesRead)).replace(/^\ufeff/, '');
}

/** Whether this action wrote a text, in any run. @param source how the source begins that it names */
export function isOurs(text: string, source?: string): boolean {
  return text.startsWith(source === undefined ? MARK : `${MARK} from ${source}`);
}

/** The service account in the text of a mondoo.yml. */
export function accountIn(text: string): string | undefined {
  return /^mrn: ["']?(\S+?)["']?\s*$/m.exec(text)?.[1];
}

/** Hashes a private key: SHA-256 of its PKCS#8 DER, in hex. */
export function keyHash(key: KeyObject): string {
  return hash('sha256', key.export({ type: 'pkcs8', format: 'der' }));
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
