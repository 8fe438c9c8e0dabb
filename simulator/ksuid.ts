import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The KSUID epoch, 2014-05-13T16:53:20Z. */
const EPOCH = 1_400_000_000;
const LENGTH = 27;

/** https://github.com/segmentio/ksuid */
export function ksuid(): string {
  const bytes = randomBytes(20);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000) - EPOCH);
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let id = '';
  while (id.length < LENGTH) {
    id = ALPHABET.charAt(Number(rest % 62n)) + id;
    rest /= 62n;
  }
  return id;
}
